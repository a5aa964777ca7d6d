"""Fills an empty shop: sellers, categories, listings with pictures, customers."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.utils.text import slugify
from oscar.apps.address.models import Country, UserAddress
from oscar.apps.catalogue.models import Category, Product, ProductAttribute, ProductClass, ProductImage
from oscar.apps.partner.models import Partner, StockRecord

from demo.accounts import ACCOUNTS, PASSWORD
from demo.goods import CATEGORIES, Offer, offers
from demo.marketplace.shopfloor.models import Shelf
from demo.pictures import draw

ATTRIBUTES = {
    "brand": "Brand 品牌",
    "model": "Model 型号",
    "gtin": "GTIN 条码",
    "batch": "Batch 批号",
    "manufacturer": "Manufacturer 生产企业",
    "certificate": "Certificate or licence no. 证书编号",
    "age": "Suitable age 适用年龄",
    "claims": "Claims 宣称",
}


def seed() -> None:
    """Makes the tables and everything in them."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with transaction.atomic():
        china = Country.objects.create(
            iso_3166_1_a2="CN", iso_3166_1_a3="CHN", printable_name="China", name="China", is_shipping_country=True
        )
        _customers(china)
        _listings()


def _customers(china: Any) -> None:
    secret = make_password(PASSWORD)
    for account in ACCOUNTS:
        user = User.objects.create(
            username=account.email.replace("@", "."),
            email=account.email,
            first_name=account.first_name,
            last_name=account.last_name,
            password=secret,
        )
        UserAddress.objects.create(
            user=user,
            first_name=account.first_name,
            last_name=account.last_name,
            line1=account.line1,
            line4=account.city,
            postcode=account.postcode,
            country=china,
            phone_number=account.phone,
            is_default_for_shipping=True,
        )


def _listings() -> None:
    classes = {code: _product_class(name.en) for code, name in CATEGORIES.items()}
    categories = {
        code: Category.add_root(name=f"{name.en} {name.zh}", slug=slugify(name.en)) for code, name in CATEGORIES.items()
    }
    for offer in offers("oscar-mart"):
        code = offer.product.category
        product = Product.objects.create(
            title=offer.title,
            slug=slugify(f"{offer.product.brand.en} {offer.product.name.en} {offer.product.model}"),
            description=offer.description,
            product_class=classes[code],
        )
        product.categories.add(categories[code])
        _attributes(product, offer)
        _stock(product, offer)
        _pictures(product, offer)
        Shelf.objects.create(sku=offer.sku, product=product)


def _product_class(name: str) -> Any:
    made = ProductClass.objects.create(name=name)
    for code, label in ATTRIBUTES.items():
        ProductAttribute.objects.create(product_class=made, code=code, name=label, type="text")
    return made


def _attributes(product: Any, offer: Offer) -> None:
    what = offer.product
    values = {
        "brand": f"{what.brand.en} {what.brand.zh}",
        "model": what.model,
        "gtin": what.gtin,
        "batch": offer.batch,
        "manufacturer": what.maker,
        "certificate": what.certificate,
        "age": what.age,
        "claims": f"{what.claims.zh} / {what.claims.en}",
    }
    for code, value in values.items():
        if value:
            setattr(product.attr, code, value)
    product.attr.save()


def _stock(product: Any, offer: Offer) -> None:
    seller, _ = Partner.objects.get_or_create(code=offer.seller.code, defaults={"name": str(offer.seller.name)})
    StockRecord.objects.create(
        product=product,
        partner=seller,
        partner_sku=offer.sku,
        price=Decimal(offer.price),
        price_currency="CNY",
        num_in_stock=offer.stock,
    )


def _pictures(product: Any, offer: Offer) -> None:
    for order in (0, 1):
        name = f"{offer.sku}-{order}.jpg"
        image = ProductImage(product=product, display_order=order, date_created=datetime(2024, 10, 1, tzinfo=UTC))
        image.original.save(name, ContentFile(draw(offer, order)), save=True)
