"""What both shops sell: the makers' products and the sellers' offers, read from the files beside."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Name:
    """One name in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"


@dataclass(frozen=True, slots=True)
class Seller:
    """A shop keeper on a marketplace."""

    code: str
    name: Name
    licence: str


@dataclass(frozen=True, slots=True)
class Product:
    """What a maker makes; the same product may be offered by several sellers."""

    model: str
    brand: Name
    maker: str
    category: str
    name: Name
    gtin: str
    age: str
    claims: Name
    certificate: str
    shape: str
    colour: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One seller's listing of a product in one shop; the price is in CNY."""

    sku: str
    seller: Seller
    product: Product
    price: str
    stock: int
    batch: str
    extra: str

    @property
    def title(self) -> str:
        """The listing's headline as sellers write it: brand and kind in Chinese, then model, then English."""
        what = self.product
        return f"{what.brand.zh} {what.name.zh} {what.model} {what.brand.en} {what.name.en} {self.extra}".strip()

    @property
    def description(self) -> str:
        """The listing's text, Chinese first."""
        what = self.product
        return (
            f"{what.brand.zh}{what.name.zh}，型号 {what.model}，{what.claims.zh}。生产企业：{what.maker}。"
            f" {what.name.en} by {what.brand.en}, model {what.model}. {what.claims.en}."
        )


CATEGORIES: Mapping[str, Name] = {
    "toys": Name("儿童玩具", "Children's toys"),
    "electrical": Name("小家电与充电", "Chargers and power banks"),
    "cosmetics": Name("美妆个护", "Hair and skin cosmetics"),
    "kitchenware": Name("厨房用品", "Kitchenware"),
}


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((HERE / "products.toml").read_text("utf-8"))


@cache
def sellers() -> Mapping[str, Seller]:
    """All sellers of both shops by code."""
    return {
        code: Seller(code=code, name=Name(row["zh"], row["en"]), licence=row["licence"])
        for code, row in _tables()["sellers"].items()
    }


@cache
def products() -> Mapping[str, Product]:
    """All products by model."""
    rows = ({**row, **{key: Name(**row[key]) for key in ("brand", "name", "claims")}} for row in _tables()["product"])
    return {row["model"]: Product(**row) for row in rows}


@cache
def offers(shop: str) -> tuple[Offer, ...]:
    """The listings of one shop, in the order of their SKU."""
    with (HERE / "offers.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_offer(row) for row in csv.DictReader(file) if row["shop"] == shop)


def _offer(row: Mapping[str, str]) -> Offer:
    return Offer(
        sku=row["sku"],
        seller=sellers()[row["seller"]],
        product=products()[row["model"]],
        price=row["price"],
        stock=int(row["stock"]),
        batch=row["batch"],
        extra=row["extra"],
    )
