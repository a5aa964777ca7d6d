"""The rules about the reports of laboratories, each in force until the next one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.signed import ReportRule
from storage.schema.base import new_id
from storage.schema.report import ReportRuleRow


def keep(unit: Session, lab: str, rule: ReportRule, *, by: str, at: datetime) -> None:
    """Write down a rule for what a laboratory sends from now on; one for a laboratory nobody keeps raises Conflict."""
    unit.add(
        ReportRuleRow(
            id=new_id(), lab=lab, asked=rule.asked, certificates=list(rule.certificates), recorded_at=at, recorded_by=by
        )
    )
    unit.flush()


def of_lab(unit: Session, lab: str) -> ReportRule:
    """Give the rule in force; without one a report is not asked for, and nobody's signature is believed."""
    newest = select(ReportRuleRow).filter_by(lab=lab).order_by(ReportRuleRow.id.desc()).limit(1)
    row = unit.scalars(newest).first()
    return ReportRule(row.asked, tuple(row.certificates)) if row else ReportRule()
