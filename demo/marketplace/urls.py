"""Oscar's addresses, static and media files, and the shop's own desk."""

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.views import serve as static_file
from django.urls import include, path, re_path
from django.views.static import serve as media_file

from demo.marketplace.shopfloor import views

urlpatterns = [
    path("robots.txt", views.robots),
    path("healthz", views.healthy),
    path("desk/listings/<int:pk>/offline", views.take_offline),
    re_path(r"^static/(?P<path>.*)$", static_file, {"insecure": True}),
    re_path(r"^media/(?P<path>.*)$", media_file, {"document_root": settings.MEDIA_ROOT}),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]

handler404 = views.missing
