"""The demonstration's own installation: who logs in, which laboratories there are, whose covers lie in the vault."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from dashboards.password import hash_password, token_sha256
from demo.accounts import ACCOUNTS, PASSWORD
from demo.laboratory.paper import signatory_of
from flows.wiring import World
from labs.accreditation import ScopeEntry
from labs.signed import ReportRule
from sampling.cover import Cover
from sampling.text import Text
from storage import accounts, clock, deliveries, laboratories, report_rules
from storage.laboratories import Laboratory
from storage.role import UserRole
from storage.settings import Settings
from storage.unit import Unit

# Throw-away log-in of the demonstration: its pages listen on loopback alone.
LOGIN = "look-around-2026"
PLATFORMS = ("oscar-mart", "glow-mall")
COVERED = (*PLATFORMS, "ghost-mart")
"""Ghost Mart is where a tip-off says goods are sold; nobody answers there."""
LABORATORIES = (
    Laboratory("lab-north", Text("北方检验中心", "Northern Testing Centre"), 30),
    Laboratory("lab-south", Text("南方检验中心", "Southern Testing Centre"), 30),
)
SIGNING = frozenset({"lab-south"})
"""Whose tables come with a signed report; to check one takes half a second, so not everybody's do."""
COORDINATOR, OFFICER = "li.coordinator", "wang.officer"
BENCHES = {"lab-north": "north.bench", "lab-south": "south.bench"}
DESKS = {"oscar-mart": "oscar.desk", "glow-mall": "glow.desk"}
SHOPPERS = tuple(account.email.partition("@")[0] for account in ACCOUNTS)


@dataclass(frozen=True, slots=True)
class Login:
    """One person who can log in, and where that person belongs."""

    name: str
    shown_as: str
    role: UserRole
    lab: str | None = None
    platform: str | None = None


LOGINS = (
    Login(COORDINATOR, "Li, coordinator", UserRole.COORDINATOR),
    Login(OFFICER, "Wang, officer", UserRole.OFFICER),
    *(Login(name, name.replace(".", " ").title(), UserRole.SHOPPER) for name in SHOPPERS),
    *(Login(name, f"Bench of {lab}", UserRole.LAB, lab=lab) for lab, name in BENCHES.items()),
    *(Login(name, f"Desk of {code}", UserRole.PLATFORM, platform=code) for code, name in DESKS.items()),
)


def token_of(party: str) -> str:
    """Give the bearer token of a platform's desk or a laboratory; it is good on loopback alone."""
    return f"demo-{party}-api-token-0123456789abcdef"


def papers(chosen: Settings) -> Path:
    """Give the folder of what the laboratories sign with, and of what they signed."""
    return chosen.home / "world" / "laboratories"


def install(world: World, endpoints: Mapping[str, str]) -> None:
    """Keep people, laboratories, covers and addresses; a second time changes nothing."""
    with world.database.unit() as unit:
        for login in LOGINS:
            _add(unit, login)
        for laboratory in LABORATORIES:
            laboratories.keep(unit, laboratory, _scope(world, laboratory.code))
            _believe(unit, papers(world.settings), laboratory.code)
        for shopper, account in zip(SHOPPERS, ACCOUNTS, strict=True):
            cover = Cover(account=account.email, password=PASSWORD, email=account.email, country="CN",
                          **{name: value for name, value in asdict(account).items() if name != "email"})  # fmt: skip
            for platform in COVERED:
                world.vault.put(unit, shopper, platform, asdict(cover))
        for platform, url in endpoints.items():
            deliveries.set_endpoint(unit, f"platform:{platform}", "webhook", url)


def _add(unit: Unit, login: Login) -> None:
    if accounts.find_user(unit, login.name) is None:
        fresh = accounts.new_user(login.name, login.shown_as, login.role, lab=login.lab, platform=login.platform)
        accounts.add_user(unit, replace(fresh, password=hash_password(LOGIN)))
    party = login.platform or login.lab
    user = accounts.find_user(unit, login.name)
    if user is not None and party is not None:
        digest = token_sha256(token_of(party))
        accounts.add_token(unit, digest, user_id=user.id, label=party, now=clock.now(unit))


def _believe(unit: Unit, folder: Path, lab: str) -> None:
    """A laboratory that signs is asked for its report, and its own certificate is believed."""
    if lab not in SIGNING:
        return
    rule = ReportRule(asked=True, certificates=(signatory_of(folder, lab).pem,))
    if report_rules.of_lab(unit, lab) != rule:
        report_rules.keep(unit, lab, rule, by=f"user:{OFFICER}", at=clock.now(unit))


def _scope(world: World, lab: str) -> list[ScopeEntry]:
    return [
        ScopeEntry(lab, "CMA", limit.item, "*", date(2024, 1, 1), date(2029, 12, 31), "demonstration")
        for limit in world.limits.limits
    ]
