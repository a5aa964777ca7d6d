"""The column types every table is made of, each named once."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import BigInteger, DateTime, Enum, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[UUID, mapped_column(PgUUID(as_uuid=True), primary_key=True)]
Ref = Annotated[UUID, mapped_column(PgUUID(as_uuid=True))]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]
Exact = Annotated[Decimal, mapped_column(Numeric)]
Amount = Annotated[Decimal, mapped_column(Numeric(14, 2))]
Count = Annotated[int, mapped_column(BigInteger)]
Code = Annotated[str, mapped_column(Text(collation="C"))]
"""A code in a large index, compared byte by byte."""
Sha256 = Annotated[str, mapped_column(Text)]


class Base(DeclarativeBase):
    """The parent of every row; rows never leave this package."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text()}


def one_of(states: type[StrEnum]) -> Enum:
    """Give a column type that admits the members of an enumeration and nothing else."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=states.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def new_id() -> UUID:
    """Give a UUIDv7: unique, and in the order of creation."""
    return uuid_utils.compat.uuid7()
