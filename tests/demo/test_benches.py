"""The benches: which file a laboratory spoils, known from what it sees of its consignments alone."""

import json
import re
from datetime import UTC, datetime

import httpx
import pytest

from demo.benches import Bench

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def consignment(number: str, code: str) -> dict[str, object]:
    """Give one consignment in test, as the API shows it to its laboratory."""
    unit = {"blind_code": code, "seal_no": f"F-{code}", "category": "toys", "items": ["lead"], "state": "in_test"}
    return {"id": number, "number": number, "state": "received", "manifest_sha256": "0" * 64, "units": [unit]}


def product(sent: list[str]) -> httpx.MockTransport:
    """Give an API that refuses drafts and notes the name of each file."""
    shown = [consignment("K26-00007", "B2"), consignment("K26-00003", "B1")]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/consignments":
            return httpx.Response(200, json={"consignments": shown})
        if request.method == "POST":
            name = re.findall(r'filename="([^"]+)"', request.read().decode())[0]
            sent.append(name)
            return httpx.Response(201, content=json.dumps({"id": name, "state": "received"}))
        return httpx.Response(200, json={"state": "rejected" if "-draft" in request.url.path else "received"})

    return httpx.MockTransport(answer)


@pytest.mark.parametrize(
    ("lab", "files"),
    [
        ("lab-north", ["K26-00007.csv", "K26-00003-draft.csv", "K26-00003.csv"]),
        ("lab-south", ["K26-00007.csv", "K26-00003.csv"]),
    ],
)
def test_a_laboratory_spoils_the_file_of_its_first_consignment_alone(lab: str, files: list[str]) -> None:
    sent: list[str] = []
    with httpx.Client(base_url="http://product", transport=product(sent)) as web:
        assert Bench(lab, web).report({"B1": "PP-D12", "B2": "PP-D12"}, NOW) == 2
    assert sent == files
