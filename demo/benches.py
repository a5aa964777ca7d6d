"""The benches of the two laboratories: take consignments in, test, upload their files, and mend what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from demo.installation import LABORATORIES, token_of
from demo.laboratory import Report, results_for

SPOILT_FIRST = {"lab-north": "decimal_comma"}
"""The first file of a laboratory that does not know the format yet."""


@dataclass(slots=True)
class Bench:
    """One laboratory with its API token; what it did is remembered by the product, not here."""

    lab: str
    web: httpx.Client

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

    def report(self, models: Mapping[str, str], today: date) -> int:
        """Upload the file of every consignment that is in test; a refused file is mended as the next version."""
        sent, first = 0, min((item["number"] for item in self._consignments()), default="")
        for item in self._received():
            units = [unit for unit in item["units"] if unit["state"] == "in_test"]
            spoils = (SPOILT_FIRST.get(self.lab, ""), "") if item["number"] == first else ("",)
            heads = [Report(self.lab, f"R-{item['number']}", 1, today, today, spoil) for spoil in dict.fromkeys(spoils)]
            sent += self._send(units, models, heads) if units else 0
        return sent

    def _send(self, units: list[dict[str, Any]], models: Mapping[str, str], heads: list[Report]) -> int:
        for head in heads:
            name = f"{head.number.removeprefix('R-')}{'-draft' if head.spoil else ''}.csv"
            receipt = self._upload(name, results_for(units, models, head))
            if receipt["state"] == "received":
                return 1 if receipt["fresh"] else 0
        return 0

    def _upload(self, name: str, data: bytes) -> dict[str, Any]:
        files = {"file": (name, data, "text/csv")}
        answer = self.web.post("/v1/uploads", files=files, headers={"Idempotency-Key": f"{self.lab}-{name}"})
        receipt: dict[str, Any] = answer.raise_for_status().json()
        now = self.web.get(f"/v1/uploads/{receipt['id']}").raise_for_status().json()
        return {**receipt, "state": now["state"], "fresh": now["state"] == "received"}

    def _consignments(self) -> list[dict[str, Any]]:
        page: dict[str, Any] = self.web.get("/v1/consignments").raise_for_status().json()
        return list(page["consignments"])

    def _received(self) -> list[dict[str, Any]]:
        return [item for item in self._consignments() if item["state"] in ("received", "partly_received")]

    def _post(self, path: str, body: dict[str, Any], key: str) -> None:
        self.web.post(path, json=body, headers={"Idempotency-Key": key}).raise_for_status()


def open_benches(base: str) -> tuple[Bench, ...]:
    """Give the benches of both laboratories, connected to the product's API."""
    return tuple(
        Bench(lab.code, httpx.Client(base_url=base, timeout=60, trust_env=False,
                                     headers={"Authorization": f"Bearer {token_of(lab.code)}"}))
        for lab in LABORATORIES
    )  # fmt: skip
