"""What whoever takes samples in sees of one consignment: blind codes, seals, what came and what is still awaited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from dashboards.views.lab import ConsignmentPage, page_of
from labs.consignment import AWAITED, OPEN
from storage import consignments
from storage.acts.bench import REFUSALS
from storage.receipt_links import KeptLink, person
from storage.unit import Unit

CONDITIONS = ("intact", "dented", "wet", "opened", "leaking")
DAMAGES = ("crushed", "spoilt")
REASONS = frozenset({*REFUSALS, *DAMAGES})
ACTS = ("scan", "finish", "refuse")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where units are taken in: of which consignment, by whom, and under which addresses."""

    consignment: UUID
    by: str
    key: str
    """Under which wrong scans are counted."""
    show: str
    acts: Mapping[str, str]
    path: Mapping[str, str]
    link: UUID | None = None
    receiver: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One consignment with the forms that take it in."""

    page: ConsignmentPage
    desk: Desk
    awaited: int
    settled: int
    may_scan: bool
    may_refuse: bool
    conditions: tuple[str, ...] = CONDITIONS
    damages: tuple[str, ...] = DAMAGES
    refusals: tuple[str, ...] = field(default=REFUSALS)


def of_account(consignment: UUID, by: str) -> Desk:
    """Give the desk of a laboratory that has an account."""
    acts = {act: f"receiving.{act}" for act in ACTS}
    path = {"consignment": str(consignment)}
    return Desk(consignment, by, f"scan:{consignment}", "lab.consignment", acts, path)


def of_link(link: KeptLink, token: str) -> Desk:
    """Give the desk of a signed link."""
    acts = {act: f"receiving.{act}_by_link" for act in (*ACTS, "name")}
    return Desk(
        link.consignment_id, person(link.receiver or ""), f"link:{link.id}", "receiving.show_by_link", acts,
        {"token": token}, link.id, link.receiver,
    )  # fmt: skip


def load(unit: Unit, desk: Desk) -> Receipt:
    """Give one consignment as it is taken in."""
    consignment = consignments.get(unit, desk.consignment)
    states = [line.state for line in consignment.lines]
    awaited = sum(state in AWAITED for state in states)
    return Receipt(
        page=page_of(unit, consignment),
        desk=desk,
        awaited=awaited,
        settled=len(states) - awaited,
        may_scan=consignment.state in OPEN and awaited > 0,
        may_refuse=consignment.state in OPEN and awaited == len(states),
    )
