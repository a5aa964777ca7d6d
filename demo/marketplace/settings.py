"""The Django settings of Oscar Mart for one state folder."""

from pathlib import Path
from typing import Any

import oscar
from oscar import defaults

HERE = Path(__file__).parent

# Orders move on by themselves so many seconds after they were placed.
SHIPPED_AFTER = 4
DELIVERED_AFTER = 8


class WithoutMigrations(dict[str, None]):
    """Says of every app that it has no migrations: tables are made at once, in a tenth of the time."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


def settings_for(state: Path) -> dict[str, Any]:
    """All settings by name: Oscar's own defaults, then what this shop has decided."""
    oscar_defaults = {name: value for name, value in vars(defaults).items() if name.isupper()}
    return {**oscar_defaults, **_django(state), **_shop()}


def _django(state: Path) -> dict[str, Any]:
    return {
        "SECRET_KEY": "demo-only-loopback-shop",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost"],
        "INSTALLED_APPS": [*oscar.INSTALLED_APPS, "demo.marketplace.shopfloor"],
        "MIDDLEWARE": MIDDLEWARE,
        "AUTHENTICATION_BACKENDS": ["oscar.apps.customer.auth_backends.EmailBackend"],
        "ROOT_URLCONF": "demo.marketplace.urls",
        "SITE_ID": 1,
        "TEMPLATES": [TEMPLATES],
        "DATABASES": {"default": _database(state)},
        "MIGRATION_MODULES": WithoutMigrations(),
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "demo.marketplace.shopfloor.search.Engine"}},
        "STATIC_URL": "/static/",
        "MEDIA_URL": "/media/",
        "MEDIA_ROOT": state / "media",
        "LANGUAGE_CODE": "en-gb",
        "LANGUAGES": [("en-gb", "English")],
        "TIME_ZONE": "Asia/Shanghai",
        "USE_TZ": True,
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "LOGGING_CONFIG": None,
    }


def _database(state: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": state / "shop.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _shop() -> dict[str, Any]:
    return {
        "OSCAR_SHOP_NAME": "Oscar Mart",
        "OSCAR_SHOP_TAGLINE": "奥斯卡集市",
        "OSCAR_DEFAULT_CURRENCY": "CNY",
        "OSCAR_ALLOW_ANON_CHECKOUT": True,
        "OSCAR_INITIAL_ORDER_STATUS": "Pending",
        "OSCAR_INITIAL_LINE_STATUS": "Pending",
        "OSCAR_ORDER_STATUS_PIPELINE": {
            "Pending": ("Shipped", "Cancelled"),
            "Shipped": ("Delivered",),
            "Delivered": (),
            "Cancelled": (),
        },
        "OSCAR_THUMBNAILER": "demo.marketplace.thumbnails.Original",
        "OSCAR_HIDDEN_FEATURES": ["wishlists"],
    }


MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
    "demo.marketplace.shopfloor.faults.commit",
    "oscar.apps.basket.middleware.BasketMiddleware",
]

TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [HERE / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.template.context_processors.i18n",
            "django.template.context_processors.media",
            "django.template.context_processors.static",
            "django.contrib.messages.context_processors.messages",
            "oscar.apps.search.context_processors.search_form",
            "oscar.apps.checkout.context_processors.checkout",
            "oscar.apps.communication.notifications.context_processors.notifications",
            "oscar.core.context_processors.metadata",
        ],
    },
}
