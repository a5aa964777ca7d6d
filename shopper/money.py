"""The command of a campaign's money: what is left of its budget, and what each shopper is owed."""

from argparse import Namespace

from sampling.budget import Account, Reimbursement, reimbursements
from sampling.cashbook import reimbursements_csv
from shopper.administer import opened
from shopper.errors import CommandError
from storage import campaigns, cashbook
from storage.settings import load

HEAD = ("shopper", "paid", "refunded", "given", "owed")


def listed(chosen: Namespace) -> int:
    """Print the sums of a campaign's budget and the reimbursements of its shoppers."""
    with opened(load()) as database, database.unit() as unit:
        campaign = campaigns.by_number(unit, chosen.campaign)
        account, owed = cashbook.account(unit, campaign.id), reimbursements(cashbook.entries(unit, campaign.id))
    print("\n".join([*_sums(account), "", *_table(owed)]))
    if chosen.csv:
        try:
            chosen.csv.write_bytes(reimbursements_csv(owed))
        except OSError as error:
            raise CommandError(f"{chosen.csv} cannot be written: {error.strerror}.") from error
        print(f"written      {chosen.csv}")
    return 0


def _sums(account: Account) -> list[str]:
    names = ("budget", "reserved", "spent", "refunded", "left")
    found = [f"{name:<12} {getattr(account, name)}" for name in names]
    if account.excess.amount:
        found.append(f"{'excess':<12} {account.excess} were charged beyond the budget")
    return found


def _table(owed: tuple[Reimbursement, ...]) -> list[str]:
    if not owed:
        return ["No shopper has paid anything yet."]
    rows = [
        (one.shopper, *(str(sum_.amount) for sum_ in (one.paid, one.refunded, one.advanced, one.owed))) for one in owed
    ]
    widths = [max(len(row[place]) for row in (HEAD, *rows)) for place in range(len(HEAD))]
    return [
        "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in (HEAD, *rows))
    ]
