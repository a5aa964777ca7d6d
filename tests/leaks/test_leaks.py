"""No field of a cover is in any output of another role; and the check would find one, however it is packed."""

import base64
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from dashboards.app import ROUTES
from flows import SWEEPS
from storage import campaigns, looks, samples
from tests.conftest import fresh_database
from tests.leaks.building import COMMANDS, ELSEWHERE, Built, build
from tests.leaks.markers import COVER, DIGITS, found, gzipped, values

# What they look through is built once, not by each worker.
pytestmark = pytest.mark.xdist_group("leaks")

KINDS = 200
EXCEPTED = (
    "answer: GET /office/captures/{capture}/bundle.zip to officer",
    "answer: GET /office/captures/{capture}/files/{name:path} to officer",
    "answer: GET /office/messages/{message} to officer",
    "answer: GET /shopper/tasks/{task} to shopper",
    "answer: GET /shopper/tasks/{task}/cover to shopper",
)
"""The assigned exceptions: the shop's own order page and a message that names the buyer are opened by an officer alone,
and each look is written down; the shopper whose cover it is reads what that shopper wrote, and the cover of a task."""
SEALED_WITH = "file of a capture: order "
"""The stored files behind those pages."""


@pytest.fixture(scope="module")
def built(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    with fresh_database(server, "test_leaks") as database:
        yield from build(database, tmp_path_factory.mktemp("leaks"))


def test_no_field_of_a_cover_is_in_any_output_of_another_role(built: Built) -> None:
    told = {kind: each for kind, given in built.out.made.items() if (each := _leaking(given))}
    assert told == {}
    answered = [kind for kind in built.out.made if not kind.startswith("refusal")]
    print(f"{len(answered)} kinds of output and {len(built.out.made) - len(answered)} of refusal, none with a field")
    assert len(answered) >= KINDS


def test_every_kind_of_output_was_made(built: Built) -> None:
    kinds = " ".join(built.out.made)
    for part in ("to visitor", "to lab", "to platform", "to shopper", "to othershopper", "to coordinator", "/v1/",
                 ".csv", ".json", ".atom", "bundle.zip", "member data.warc.gz", "member page.mhtml", "member page.pdf",
                 "member layout.json", "member manifest.json", "table event", "table cover", "table cover_look",
                 "flow purchase", "flow track", "command covers rotate", "error: another's cover",
                 "body of a webhook", "log of every flow", "fault: POST"):  # fmt: skip
        assert part in kinds, part


def test_every_flow_did_something_with_the_covers_and_every_command_ended_as_it_should(built: Built) -> None:
    reports = {name: dict(report.outcomes) for name, report in built.out.reports.items() if report is not None}
    assert set(reports) == set(SWEEPS) - set(ELSEWHERE)
    assert reports["purchase"].get("placed") == 1
    assert reports["track"].get("shipped") == 2
    assert {name: code for name, code in built.out.exits.items() if code} == {"covers keep shopper nowhere": 2}
    assert len(built.out.exits) == len(set(COMMANDS))


UNREACHED = {
    "/": "sends a visitor on to the own pages",
    "/language/{language}": "sends a visitor back",
    "/draws/{campaign}/{number}/{name}": "the files of a real draw, of which this world has none",
    "/v1/results/{number}": "one of those that `/v1/results` gives together",
    "/office/campaigns/{campaign}/findings.csv": "the findings of a real frame, of which this world has none",
    "/office/campaigns/{campaign}/retention.pdf": "no list is printed here",
    "/office/laboratories/{lab}/withdrawal": "asks first what is to be taken away",
    "/office/disposals/{disposal}/photo": "nothing is disposed of here",
    "/office/messages/{message}/picture": "no picture is sent here",
    "/shopper/tasks/{task}/messages/{message}/picture": "no picture is sent here",
    "/office/samples/{sample}/films/{digest}": "no film is sent here",
    "/shopper/tasks/{task}/documents/{document}": "no paper is printed here",
    "/receipt/{token}": "opened by its link: `to a link`",
}
"""The pages that nobody opens here, and why."""


def test_every_page_is_opened_but_those_with_a_reason(built: Built) -> None:
    assert {one.path for one in ROUTES if one.method == "GET"} - built.out.reached == set(UNREACHED)


BENCH = re.compile(r"(GET|POST) /(lab|receipt|v1/consignments|v1/units)\b.* to (lab|otherlab|a link)$")


def test_a_laboratory_is_told_nothing_of_who_sold_or_made_the_goods(built: Built) -> None:
    with built.world.database.unit() as unit:
        found = samples.of_campaign(unit, campaigns.listed(unit)[0].id)
    secret = {word for one in found for word in (one.seller, one.brand, one.platform, one.title, one.code, one.item_id)}
    shown = {kind: given for kind, given in built.out.made.items() if BENCH.search(kind)}
    assert len(shown) >= 8
    assert [
        (kind, word) for kind, given in shown.items() for data in given for word in secret
        if len(word) > 3 and word.encode() in data
    ] == []  # fmt: skip


def test_the_order_page_alone_shows_a_cover_to_an_officer_whose_looks_are_written_down(built: Built) -> None:
    shown = {kind for kind, given in built.out.excepted.items() if _leaking(given)}
    assert {kind for kind in shown if not kind.startswith(SEALED_WITH)} == set(EXCEPTED)
    with built.world.database.unit() as unit:
        seen = looks.listed(unit, 10_000)
    assert {look.actor for look in seen if look.purpose == looks.OF_CAPTURE} == {"user:officer"}
    refused = [kind for kind in built.out.made if kind.startswith("refusal: GET /office/captures/{capture}/files")]
    assert {kind.rpartition(" ")[2] for kind in refused} >= {"coordinator", "shopper", "lab", "platform", "visitor"}


FORMS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in capitals": lambda text: text.upper().encode(),
    "in small letters": lambda text: text.lower().encode(),
    "percent": lambda text: quote(text, safe="").encode(),
    "base64": lambda text: b"data:," + base64.b64encode(b"a" + text.encode() + b" and more"),
    "base64url": lambda text: base64.urlsafe_b64encode(b"ab" + text.encode()),
    "hexadecimal": lambda text: text.encode().hex().upper().encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "GB 18030": lambda text: text.encode("gb18030"),
    "JSON": lambda text: "".join(f"\\u{ord(sign):04X}" for sign in text).encode(),
    "entities": lambda text: "".join(f"&#{ord(sign)};" for sign in text).encode(),
    "backwards": lambda text: text[::-1].encode(),
    "without spaces": lambda text: text.replace(" ", "").encode(),
    "with dashes": lambda text: text.replace(" ", "-").encode(),
    "SHA-256": lambda text: hashlib.sha256(text.encode()).hexdigest().encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_field_is_found_in_each_form(form: str) -> None:
    fields = {name: value for name, value in values(COVER).items() if name != DIGITS}
    assert [name for name, value in fields.items() if name not in found(b"words " + FORMS[form](value) + b" end")] == []


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("evidence/page.html", data)
    return out.getvalue()


def in_a_pdf(data: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n" + zlib.compress(data) + b"\nendstream\n%%EOF\n"


def in_mhtml(data: bytes) -> bytes:
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"<p>" * 200 + data).replace(
        b"\n", b"\r\n"
    )


@pytest.mark.parametrize(
    "packed",
    [zipped, gzipped, in_a_pdf, in_mhtml, lambda data: zipped(gzipped(b"WARC/1.1\r\n") + gzipped(data)),
     lambda data: zipped(zipped(in_a_pdf(data)))],
)  # fmt: skip
def test_a_field_is_found_however_deep_it_is_packed(packed: Callable[[bytes], bytes]) -> None:
    assert found(packed(f"name: {COVER.last_name}; {COVER.payment_digits} ".encode())) == {"last_name", DIGITS}
    assert found(packed(b"nothing of note, and 17351 or 7351a")) == set()


@pytest.mark.parametrize("kind", ["answer: GET /results to visitor", "member data.warc.gz of a bundle", "table event",
                                  "log of every flow and page", "body of a webhook"])  # fmt: skip
def test_a_leak_that_is_planted_in_an_output_is_found(kind: str, built: Built) -> None:
    (name,) = [one for one in built.out.made if one == kind]
    plain = built.out.made[name][-1]
    planted = gzipped(COVER.phone.encode()) if kind.startswith("member") else COVER.phone.replace(" ", "").encode()
    with _planted(built, name, plain + planted):
        assert _leaking(built.out.made[name]) == {"phone"}
    assert _leaking(built.out.made[name]) == set()


@contextmanager
def _planted(built: Built, kind: str, data: bytes) -> Iterator[None]:
    built.out.made[kind].append(data)
    try:
        yield
    finally:
        built.out.made[kind].pop()


def _leaking(given: list[bytes]) -> set[str]:
    return {name for data in dict.fromkeys(given) for name in found(data)}
