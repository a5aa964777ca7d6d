"""The JSON API: tokens, idempotency keys, problems, ETags, and what each caller may read and send."""

import json
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from dashboards.app import ROUTES
from dashboards.openapi import describe
from platforms.document import SCHEMA, schema
from platforms.notice import NoticeKind, NoticeState
from reputation.publication import OVERTURNED, PublicationEvent
from reputation.release import feed_at, to_atom
from sampling.sample import SampleState
from storage import notices, publications, samples, scores
from storage.database import Database
from storage.objects import Objects
from storage.scores import Kept
from tests.dashboards.conftest import Answer, Visitor
from tests.dashboards.story import START, Story
from tests.dashboards.test_receiving import CODES, travelling


def post(client: TestClient, path: str, body: object, *, who: str = "platform", key: str | None = "k1") -> Answer:
    """Send JSON as the program of a user."""
    headers = {"authorization": f"Bearer token-{who}", **({"idempotency-key": key} if key else {})}
    return client.post(path, headers=headers, content=json.dumps(body))


def get(client: TestClient, path: str, who: str | None = None, **headers: str) -> Answer:
    """Read as the program of a user, or of nobody."""
    token = {"authorization": f"Bearer token-{who}"} if who else {}
    return client.get(path, headers={**token, **headers})


@pytest.fixture
def notice(database: Database, objects: Objects, app: object) -> UUID:
    """Give the id of a delisting notice to the platform."""
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        return story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart").id


def problem(answer: Answer) -> tuple[int, str]:
    """Give the status and the code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code and body["title"]
    return answer.status_code, str(body["type"]).rpartition("/")[2]


def test_a_platform_reads_and_answers_a_notice(visitor: Visitor, database: Database, notice: UUID) -> None:
    client = visitor(None)
    listed = get(client, "/v1/notices", "platform").json()["notices"]
    assert {one["kind"] for one in listed} == {"sampling", "result", "delisting"}
    one = get(client, f"/v1/notices/{notice}", "platform").json()
    assert (one["ref"], one["state"]) == ("L1", "issued") and one["jws"].count(".") == 2
    assert post(client, f"/v1/notices/{notice}/receipts", {"kind": "acknowledged"}).status_code == 201
    done = post(client, f"/v1/notices/{notice}/actions", {"ref": "L1", "claimed": "removed"}, key="k2")
    assert (done.status_code, done.json()["state"]) == (201, "claimed_done")
    with database.unit() as unit:
        assert notices.get(unit, notice).state is NoticeState.CLAIMED_DONE


def test_the_same_key_is_answered_once_and_replayed(visitor: Visitor, database: Database, notice: UUID) -> None:
    client, path = visitor(None), f"/v1/notices/{notice}/actions"
    first = post(client, path, {"ref": "L1", "claimed": "removed"})
    again = post(client, path, {"ref": "L1", "claimed": "removed"})
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    with database.unit() as unit:
        assert len(notices.answers(unit, notice)) == 1
    assert problem(post(client, path, {"ref": "L1", "claimed": "refused", "reason": "x"})) == (422, "key_reused")
    assert problem(post(client, path, {"ref": "L1", "claimed": "removed"}, key="other")) == (409, "illegal_move")


def test_a_key_belongs_to_its_sender(visitor: Visitor, notice: UUID) -> None:
    client, path = visitor(None), f"/v1/notices/{notice}/receipts"
    assert post(client, path, {"kind": "acknowledged"}).status_code == 201
    answer = post(client, path, {"kind": "acknowledged"}, who="otherplatform")
    assert answer.status_code == 403


def test_a_refused_request_is_not_kept(visitor: Visitor, notice: UUID) -> None:
    client, path = visitor(None), f"/v1/notices/{notice}/actions"
    assert problem(post(client, path, {"ref": "L2", "claimed": "removed"})) == (400, "bad_request")
    assert post(client, path, {"ref": "L1", "claimed": "removed"}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"ref": "L1"},
        {"ref": "L1", "claimed": "burnt"},
        {"ref": "L1", "claimed": "refused"},
        {"ref": "L1", "claimed": "removed", "more": 1},
        {"ref": "", "claimed": "removed"},
        {"ref": "L1", "claimed": "refused", "reason": "sold\0out"},
        {"ref": "L1", "claimed": "refused", "reason": "sold \ud83d out"},
        {"ref": "L1", "claimed": "removed", "\udfff": 1},
        [],
    ],
)
def test_a_body_that_does_not_fit_is_400(visitor: Visitor, notice: UUID, body: object) -> None:
    assert problem(post(visitor(None), f"/v1/notices/{notice}/actions", body)) == (400, "bad_request")


def test_an_escape_that_means_a_character_is_taken(visitor: Visitor, notice: UUID) -> None:
    """What is refused as U+0000 or as half a character is not what only looks like its escape."""
    said = "no \U0001f4a9 and no \\\\u0000 of ours"
    assert post(visitor(None), f"/v1/notices/{notice}/contests", {"reason": said}).status_code == 201


def test_a_post_without_a_key_is_400(visitor: Visitor, notice: UUID) -> None:
    client, path = visitor(None), f"/v1/notices/{notice}/receipts"
    assert problem(post(client, path, {"kind": "acknowledged"}, key=None)) == (400, "bad_request")
    assert problem(post(client, path, {"kind": "acknowledged"}, key="x" * 256)) == (400, "bad_request")


def test_a_platform_contests_with_a_reason(visitor: Visitor, notice: UUID) -> None:
    answer = post(visitor(None), f"/v1/notices/{notice}/contests", {"reason": "not our item"})
    assert (answer.status_code, answer.json()["state"]) == (201, "contested")


@pytest.mark.parametrize(("token", "status"), [("", 401), ("Bearer nonsense", 401), ("Basic abc", 401)])
def test_without_a_good_token_the_answer_is_401(visitor: Visitor, token: str, status: int) -> None:
    answer = visitor(None).get("/v1/notices", headers={"authorization": token} if token else {})
    assert problem(answer) == (status, "needs_log_in")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_session_is_no_token(visitor: Visitor) -> None:
    assert visitor("platform").get("/v1/notices").status_code == 401


def test_a_problem_speaks_the_callers_language(visitor: Visitor) -> None:
    answer = visitor(None).get("/v1/notices", headers={"accept-language": "zh-CN"})
    assert (answer.json()["title"], answer.headers["content-language"]) == ("请登录", "zh")
    assert visitor(None).get("/v1/nothing").json()["status"] == 404
    assert visitor(None).delete("/v1/results").json()["status"] == 405


def test_a_laboratory_receives_starts_and_sends(
    visitor: Visitor, database: Database, objects: Objects, app: object
) -> None:
    with database.unit() as unit:
        sample, consignment = Story.begin(unit, objects).handed_over()
    client = visitor(None)
    (one,) = get(client, "/v1/consignments", "lab").json()["consignments"]
    (unit_,) = one["units"]
    assert (one["id"], unit_["blind_code"], unit_["state"]) == (str(consignment), sample.blind_code, "in_transit")
    assert sample.seller not in json.dumps(one, ensure_ascii=False)
    path = f"/v1/consignments/{consignment}/receipt"
    assert problem(post(client, path, {"seals": {"B1": "ok"}}, who="lab")) == (400, "bad_request")
    assert post(client, path, {"seals": {sample.blind_code: "ok"}}, who="lab").json()["state"] == "received"
    assert post(client, f"/v1/units/{sample.blind_code}/test", {}, who="lab").status_code == 201
    with database.unit() as unit:
        assert samples.get(unit, sample.id).state is SampleState.TESTING


def test_a_laboratory_says_of_each_unit_how_it_arrived(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sent, made = travelling(Story.begin(unit, objects), *CODES)
    client, path = visitor(None), f"/v1/consignments/{sent.id}/receipt"
    whole, broken, lost, warm = (line.blind_code for line in sent.lines)
    said = {whole: "ok", broken: "broken", lost: "missing", warm: "refused"}
    wrong: list[dict[str, str]] = [{}, {whole: "too_warm"}, {warm: "too_warm", whole: "too_warm"}, {warm: "no_wish"}]
    for number, reasons in enumerate(wrong):
        answer = post(client, path, {"seals": said, "reasons": reasons}, who="lab", key=f"w{number}")
        assert problem(answer) == (400, "bad_request"), reasons
    nothing = {"seals": dict.fromkeys(said, "missing")}
    assert problem(post(client, path, nothing, who="lab", key="n1")) == (403, "not_allowed")
    answer = post(client, path, {"seals": said, "reasons": {warm: "too_warm"}}, who="lab")
    assert (answer.status_code, answer.json()["state"]) == (201, "partly_received")
    assert {one["blind_code"]: (one["receipt"], one["reason"]) for one in answer.json()["units"]} == {
        whole: ("received", None), broken: ("damaged", "broken_seal"), lost: ("missing", None),
        warm: ("refused", "too_warm"),
    }  # fmt: skip
    with database.unit() as unit:
        assert [samples.get(unit, one.id).state for one in made] == [
            SampleState.AT_LAB, SampleState.LAB_REFUSED, SampleState.NOTICE_SENT, SampleState.LAB_REFUSED,
        ]  # fmt: skip


def test_a_laboratory_sends_a_file_once(visitor: Visitor, objects: Objects) -> None:
    client = visitor(None)
    headers = {"authorization": "Bearer token-lab", "idempotency-key": "f1"}
    sent = [
        client.post("/v1/uploads", headers=headers, files={"file": ("results.csv", b"lab_code\n")}) for _ in range(2)
    ]
    assert [one.status_code for one in sent] == [201, 201] and sent[0].content == sent[1].content
    receipt = sent[0].json()
    unread = {"findings": [], "released": False, "reports": [], "refusal": None}
    assert get(client, f"/v1/uploads/{receipt['id']}", "lab").json() == receipt | unread
    assert get(client, f"/v1/uploads/{receipt['id']}", "otherlab").status_code == 403
    assert objects.get(receipt["sha256"]) == b"lab_code\n"
    other = client.post("/v1/uploads", headers=headers, files={"file": ("results.csv", b"lab_code\n1\n")})
    assert problem(other) == (422, "key_reused")
    beside = {"file": ("results.csv", b"lab_code\n"), "report": ("r.pdf", b"%PDF-")}
    assert problem(client.post("/v1/uploads", headers=headers, files=beside)) == (422, "key_reused")
    cut = client.post("/v1/uploads", headers={**headers, "idempotency-key": "f3"}, data={"sha256": "0" * 64},
                      files={"file": ("results.csv", b"lab_code\n2\n")})  # fmt: skip
    assert problem(cut) == (400, "bad_request")
    bad = client.post("/v1/uploads", headers={**headers, "idempotency-key": "f2"}, files={"file": ("a.exe", b"MZ")})
    assert problem(bad) == (400, "bad_request")


def published(story: Story, number: str) -> None:
    """Publish a result."""
    sample = story.sealed()
    entry: dict[str, Any] = {
        "number": number, "title": f"Toy {number}", "outcome": "fail", "platform": "oscar-mart", "category": "toys",
        "basis": "risk_targeted", "sampled_on": "2026-11-03", "lab": "L-01", "items": [], "seller": None,
    }  # fmt: skip
    one = publications.propose(
        story.unit, sample.id, entry, number=number, disputed=False, by="user:coordinator", at=story.tick()
    )
    publications.approve(story.unit, one.id, by="user:officer", at=story.tick())
    publications.record(story.unit, one.id, PublicationEvent.PUBLISHED, by="flow:publish", at=story.tick())


def test_results_come_in_slices_with_a_cursor(
    visitor: Visitor, database: Database, objects: Objects, app: object
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        for n in range(3):
            published(story, f"P2026-00000{n}")
    client = visitor(None)
    first = get(client, "/v1/results?limit=2").json()
    rest = get(client, f"/v1/results?limit=2&cursor={first['cursor']}").json()
    numbers = [one["number"] for one in first["results"] + rest["results"]]
    assert (numbers, rest["cursor"]) == ([f"P2026-00000{n}" for n in range(3)], None)
    assert problem(get(client, "/v1/results?limit=1000")) == (400, "bad_request")
    one = get(client, "/v1/results/P2026-000001")
    assert one.json()["title"] == "Toy P2026-000001" and one.headers["access-control-allow-origin"] == "*"
    same = get(client, "/v1/results/P2026-000001", **{"if-none-match": one.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert problem(get(client, "/v1/results/P1")) == (404, "not_found")


def test_the_public_pages_and_files_agree(visitor: Visitor, database: Database, objects: Objects, app: object) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        for n in range(22):
            published(story, f"P2026-{n:06d}")
    client = visitor(None)
    page = client.get("/results?outcome=fail&page=2").context["view"]
    assert (page.total, page.pages, [one.number for one in page.entries]) == (22, 2, ["P2026-000001", "P2026-000000"])
    assert client.get("/results?outcome=pass").context["view"].total == 0
    assert client.get("/results?q=000007").context["view"].total == 1
    assert len(client.get("/results/results.json").json()["entries"]) == 22
    assert client.get("/results/results.csv").content.count(b"\r\n") == 23
    feed = client.get("/results/publications.en.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml") and feed.content.count(b"<entry>") == 22


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_link_of_the_feed_leads_to_a_page(
    language: str, visitor: Visitor, database: Database, objects: Objects, app: object
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        for n in range(3):
            published(story, f"P2026-{n:06d}")
        shown = publications.shown(unit)
    client = visitor(None)
    feed = client.get(f"/results/publications.{language}.atom").content
    links = [link.attrib["href"] for link in ElementTree.fromstring(feed).iter("{http://www.w3.org/2005/Atom}link")]
    assert len(links) == 4 and [client.get(link).status_code for link in links] == [200] * 4
    # What is kept as a release and what the page gives are the same bytes.
    assert feed == to_atom(shown, feed=feed_at("http://testserver"), language=language)


def test_the_schema_of_a_notice_is_where_the_notices_say(visitor: Visitor) -> None:
    assert visitor(None).get(SCHEMA).json() == schema()


@pytest.mark.parametrize(("reason", "words"), [("see: no", "see: no"), (OVERTURNED, "the verdict was overturned")])
def test_a_withdrawn_result_leaves_its_number_and_reason(
    visitor: Visitor, database: Database, objects: Objects, app: object, reason: str, words: str
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        published(story, "P2026-000001")
        one = publications.by_number(unit, "P2026-000001")
        assert one is not None
        publications.record(unit, one.id, PublicationEvent.WITHDRAWN, by="user:officer", at=story.tick(), reason=reason)
    client = visitor(None)
    page = client.get("/results/P2026-000001")
    assert page.context["view"].taken_back and "Toy" not in page.text
    assert "title" not in get(client, "/v1/results/P2026-000001").json()
    corrections = client.get("/corrections")
    assert len(corrections.context["view"]) == 1
    assert words in page.text and words in corrections.text


def test_scores_are_listed_by_their_lower_bound(visitor: Visitor, database: Database) -> None:
    with database.unit() as unit:
        for subject, lower, rated in (("a", "60", True), ("b", "70", True), ("c", "90", False)):
            record = {"score": "80", "lower": lower, "rated": rated, "n_effective": "12", "parts": [], "prior": "85",
                      "cap": None, "rate": None, "parameters": {"version": "1", "status": "read"}}  # fmt: skip
            scores.save(unit, Kept("seller", subject, START, subject, record))
    client = visitor(None)
    view = client.get("/scores?kind=seller").context["view"]
    assert ([one.subject for one in view.rated], [one.subject for one in view.unrated]) == (["b", "a"], ["c"])
    assert client.get("/scores/seller/b").context["view"].subject == "b"
    assert (client.get("/scores/seller/z").status_code, client.get("/scores?kind=shop").status_code) == (404, 404)
    assert len(get(client, "/v1/scores?kind=seller").json()["scores"]) == 3
    assert problem(get(client, "/v1/scores?kind=shop")) == (400, "bad_request")


def test_the_description_names_every_route_of_the_api(visitor: Visitor) -> None:
    said = visitor(None).get("/v1/openapi.json").json()
    assert said == json.loads(json.dumps(describe(ROUTES, "http://testserver")))
    wanted = {(entry.path, entry.method.lower()) for entry in ROUTES if entry.api}
    assert {(path, method) for path, methods in said["paths"].items() for method in methods} == wanted
    assert said["paths"]["/v1/notices/{notice}/actions"]["post"]["security"] == [{"token": []}]


def test_a_request_that_is_too_large_is_refused_before_it_is_read(visitor: Visitor) -> None:
    headers = {"authorization": "Bearer token-lab", "idempotency-key": "k", "content-length": str(26 * 1024 * 1024)}
    assert problem(visitor(None).post("/v1/uploads", headers=headers, content=b"")) == (413, "too_large")
