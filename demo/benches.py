"""The benches of the two laboratories: take consignments in, test, upload their files, and mend what was held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from demo.installation import LABORATORIES, SIGNING, token_of
from demo.laboratory import Report, results_for
from demo.laboratory.paper import report_of, signatory_of

SPOILT_FIRST = {"lab-north": "decimal_comma"}
"""The first file of a laboratory that does not know the format yet."""


@dataclass(slots=True)
class Bench:
    """One laboratory with its API token; what it did is remembered by the product, not here."""

    lab: str
    web: httpx.Client
    papers: Path | None = None
    """Where its key and its signed reports lie; None for one that sends its tables alone."""

    def receive(self) -> int:
        """Take in every consignment that arrived, after a look at each seal."""
        arrived = [item for item in self._consignments() if item["state"] in ("handed_over", "in_transit")]
        for item in arrived:
            seals = {unit["blind_code"]: "ok" for unit in item["units"]}
            self._post(f"/v1/consignments/{item['id']}/receipt", {"seals": seals}, f"receipt-{item['id']}")
        return len(arrived)

    def start(self) -> int:
        """Open every unit that lies sealed on the bench."""
        sealed = [unit for item in self._received() for unit in item["units"] if unit["state"] == "at_lab"]
        for unit in sealed:
            self._post(f"/v1/units/{unit['blind_code']}/test", {}, f"test-{unit['blind_code']}")
        return len(sealed)

    def report(self, models: Mapping[str, str], now: datetime) -> int:
        """Upload the file of every consignment that is in test, and its signed report; what was held is mended."""
        today, sent, first = now.date(), 0, min((item["number"] for item in self._consignments()), default="")
        for item in self._received():
            units = [unit for unit in item["units"] if unit["state"] == "in_test"]
            spoils = (SPOILT_FIRST.get(self.lab, ""), "") if item["number"] == first else ("",)
            heads = [Report(self.lab, f"R-{item['number']}", 1, today, today, spoil) for spoil in dict.fromkeys(spoils)]
            sent += self._send(units, models, heads, now) if units else 0
        return sent

    def _send(self, units: list[dict[str, Any]], models: Mapping[str, str], heads: list[Report], now: datetime) -> int:
        for head in heads:
            name = f"{head.number.removeprefix('R-')}{'-draft' if head.spoil else ''}"
            receipt = self._upload(name, results_for(units, models, head), now)
            if receipt["state"] == "received":
                return 1 if receipt["fresh"] else 0
        return 0

    def _upload(self, name: str, table: bytes, now: datetime) -> dict[str, Any]:
        files = {"file": (f"{name}.csv", table, "text/csv")}
        if self.papers is not None:
            files["report"] = (f"{name}.pdf", _signed(self.papers, self.lab, name, table, now), "application/pdf")
        answer = self.web.post("/v1/uploads", files=files, headers={"Idempotency-Key": f"{self.lab}-{name}.csv"})
        receipt: dict[str, Any] = answer.raise_for_status().json()
        stands = self.web.get(f"/v1/uploads/{receipt['id']}").raise_for_status().json()["state"]
        return {**receipt, "state": stands, "fresh": stands == "received"}

    def _consignments(self) -> list[dict[str, Any]]:
        page: dict[str, Any] = self.web.get("/v1/consignments").raise_for_status().json()
        return list(page["consignments"])

    def _received(self) -> list[dict[str, Any]]:
        return [item for item in self._consignments() if item["state"] in ("received", "partly_received")]

    def _post(self, path: str, body: dict[str, Any], key: str) -> None:
        self.web.post(path, json=body, headers={"Idempotency-Key": key}).raise_for_status()


def _signed(papers: Path, lab: str, name: str, table: bytes, now: datetime) -> bytes:
    """Give the report of a table, signed once: who asks again, is sent the same."""
    place = papers / f"{lab}-{name}.pdf"
    if not place.exists():
        draft = place.with_suffix(".new")
        draft.write_bytes(report_of(table, signatory_of(papers, lab), now))
        draft.replace(place)
    return place.read_bytes()


def open_benches(base: str, papers: Path) -> tuple[Bench, ...]:
    """Give the benches of both laboratories, connected to the product's API; the reports they sign lie in a folder."""
    return tuple(
        Bench(lab.code, httpx.Client(base_url=base, timeout=60, trust_env=False,
                                     headers={"Authorization": f"Bearer {token_of(lab.code)}"}),
              papers if lab.code in SIGNING else None)
        for lab in LABORATORIES
    )  # fmt: skip
