"""The pages and the API: every route with who may use it, on one screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from dashboards import (
    api,
    buying,
    carriage,
    coordinator,
    correction,
    cover,
    documents,
    draws,
    duplicates,
    evidence,
    intake,
    lab,
    laboratories,
    money,
    officer,
    openapi,
    pictures,
    planning,
    platform,
    preview,
    printing,
    public,
    purse,
    receiving,
    retention,
    session,
    shopper,
    talk,
    twin,
    upload,
    verdict,
)
from dashboards.answer import problem_response
from dashboards.errors import Problem
from dashboards.gate import guarded, known_language
from dashboards.headers import SafeHeaders
from dashboards.route import ANYONE, LABS, MEMBERS, OFFICERS, PLATFORMS, SHOPPERS, STAFF, act, call, page, read, send
from dashboards.views.preview import Look
from dashboards.world import Press, Receipts, World
from sampling.evidence.credentials import Credentials
from storage.database import Database
from storage.objects import Objects
from storage.resumable import Parts
from storage.vault import Vault

ROUTES = (
    page("/", public.home, ANYONE),
    page("/login", session.show_login, ANYONE),
    act("/login", session.log_in, ANYONE),
    act("/logout", session.log_out, MEMBERS),
    page("/language/{language}", session.switch_language, ANYONE),
    page("/account", session.show_account, MEMBERS),
    act("/account", session.save_account, MEMBERS),
    # the public
    page("/results", public.results, ANYONE),
    page("/results/results.json", public.results_json, ANYONE),
    page("/results/results.csv", public.results_csv, ANYONE),
    page("/results/publications.{language}.atom", public.results_atom, ANYONE),
    page("/results/{number}", public.result, ANYONE),
    page("/draws", draws.listed, ANYONE),
    page("/draws/draws.json", draws.listed_json, ANYONE),
    page("/draws/{campaign}/{number}/{name}", draws.file, ANYONE),
    page("/scores", public.scores, ANYONE),
    page("/scores/{kind}/{subject:path}", public.score, ANYONE),
    page("/corrections", public.corrections, ANYONE),
    page("/method", public.method, ANYONE),
    page("/accessibility", public.accessibility, ANYONE),
    page("/verify", evidence.verify, ANYONE),
    act("/verify", evidence.check, ANYONE, largest=evidence.LARGEST),
    page("/verify-document", documents.verify, ANYONE),
    page("/evidence/keys", evidence.keys, ANYONE),
    page("/evidence/keys.json", evidence.keys_json, ANYONE),
    page("/evidence/checkpoints", evidence.checkpoints, ANYONE),
    page("/evidence/checkpoints.json", evidence.checkpoints_json, ANYONE),
    page("/.well-known/msa/provider.json", public.provider, ANYONE),
    page("/schemas/notice/1.0/notice.json", public.notice_schema, ANYONE),
    # coordinators and officers
    page("/office/campaigns", coordinator.campaigns, STAFF),
    page("/office/campaigns/new", coordinator.new_campaign, STAFF),
    act("/office/campaigns/new", coordinator.plan_campaign, STAFF),
    page("/office/campaigns/{campaign}", coordinator.board, STAFF),
    page("/office/campaigns/{campaign}/plan", planning.plan, STAFF),
    page("/office/campaigns/{campaign}/plan.csv", planning.plan_table, STAFF),
    act("/office/campaigns/{campaign}/plan", planning.approve_plan, STAFF),
    page("/office/campaigns/{campaign}/findings", planning.findings, STAFF),
    page("/office/campaigns/{campaign}/findings.csv", planning.findings_table, STAFF),
    page("/office/campaigns/{campaign}/duplicates", duplicates.show, STAFF),
    act("/office/campaigns/{campaign}/duplicates", duplicates.draw, STAFF),
    act("/office/campaigns/{campaign}/duplicates/names", duplicates.name, STAFF),
    page("/office/campaigns/{campaign}/money", money.show, STAFF),
    act("/office/campaigns/{campaign}/money", money.enter, STAFF),
    page("/office/campaigns/{campaign}/money.csv", money.entries, STAFF),
    page("/office/campaigns/{campaign}/reimbursements.csv", money.owed, STAFF),
    page("/office/samples/{sample}", coordinator.sample, STAFF),
    page("/office/samples/{sample}/compare", evidence.compare, STAFF),
    act("/office/samples/{sample}/reserve", coordinator.take_reserve, STAFF),
    act("/office/samples/{sample}/documents", printing.release, STAFF),
    page("/office/documents/{document}", printing.file, STAFF),
    act("/office/consents/{consent}", buying.decide_offer, STAFF),
    act("/office/samples/{sample}/untestable", buying.find_untestable, OFFICERS),
    act("/office/samples/{sample}/twin", twin.propose, OFFICERS),
    act("/office/samples/{sample}/twin/approval", twin.take, OFFICERS),
    act("/office/alarms/{alarm}", buying.answer_alarm, STAFF),
    page("/office/uploads", intake.held, STAFF),
    page("/office/uploads/{upload}", intake.upload, STAFF),
    act("/office/uploads/{upload}/alarm", intake.answer_alarm, STAFF),
    act("/office/uploads/{upload}/release", intake.release, OFFICERS),
    act("/office/uploads/{upload}/refusal", intake.refuse, OFFICERS),
    page("/office/messages/{message}", buying.message, OFFICERS),
    page("/office/messages/{message}/picture", buying.message_picture, OFFICERS),
    page("/office/samples/{sample}/pictures/{digest}", pictures.show, STAFF),
    page("/office/samples/{sample}/films/{digest}", pictures.film, STAFF),
    page("/office/captures/{capture}/bundle.zip", coordinator.evidence_bundle, STAFF),
    page("/office/captures/{capture}/files/{name:path}", coordinator.evidence_file, STAFF),
    page("/office/consignments", carriage.consignments, STAFF),
    act("/office/consignments/{consignment}/handover", carriage.hand_over, STAFF),
    act("/office/consignments/{consignment}/cancellation", carriage.cancel, STAFF),
    act("/office/consignments/{consignment}/loss", carriage.lose, STAFF),
    act("/office/consignments/{consignment}/returns", carriage.take_back, STAFF),
    act("/office/consignments/{consignment}/reconciliation", carriage.reconcile, STAFF),
    act("/office/consignments/{consignment}/link", carriage.make_link, STAFF),
    act("/office/consignments/{consignment}/link/revocation", carriage.revoke_link, STAFF),
    page("/office/units/{part}/seal", carriage.show_reseal, STAFF),
    act("/office/units/{part}/seal", carriage.reseal, STAFF),
    page("/office/units/{part}/entries/{seq}", correction.show, STAFF),
    act("/office/units/{part}/entries/{seq}", correction.correct, STAFF),
    page("/office/purchases", coordinator.purchases, STAFF),
    act("/office/purchases/{purchase}", coordinator.settle_purchase, STAFF),
    page("/office/decisions", officer.decisions, STAFF),
    page("/office/verdicts/{verdict}", verdict.show, STAFF),
    act("/office/verdicts/{verdict}/confirmation", officer.confirm_verdict, OFFICERS),
    act("/office/verdicts/{verdict}/return", verdict.send_back, OFFICERS),
    page("/office/laboratories", laboratories.listed, STAFF),
    page("/office/laboratories/{lab}", laboratories.show, STAFF),
    page("/office/laboratories/{lab}/withdrawal", laboratories.preview, OFFICERS),
    act("/office/laboratories/{lab}/withdrawal", laboratories.propose, OFFICERS),
    act("/office/withdrawals/{withdrawal}/approval", laboratories.carry_out, OFFICERS),
    act("/office/withdrawals/{withdrawal}/refusal", laboratories.refuse, OFFICERS),
    act("/office/samples/{sample}/objections", officer.lodge_objection, STAFF),
    act("/office/objections/{objection}", officer.decide_objection, OFFICERS),
    act("/office/objections/{objection}/supplement", officer.supplement_objection, STAFF),
    act("/office/objections/{objection}/withdrawal", officer.withdraw_objection, STAFF),
    page("/office/notices", officer.notices, STAFF),
    act("/office/notices/{notice}/approval", officer.approve_notice, OFFICERS),
    act("/office/notices/{notice}/service", officer.prove_service, STAFF),
    page("/office/deliveries", officer.deliveries, STAFF),
    page("/office/covers", officer.covers, OFFICERS),
    page("/office/retention", retention.kept, STAFF),
    page("/office/campaigns/{campaign}/retention.pdf", retention.printed, STAFF),
    act("/office/units/{unit}/place", retention.put, STAFF),
    act("/office/units/{unit}/hold", retention.hold, OFFICERS),
    act("/office/holds/{hold}", retention.lift, OFFICERS),
    act("/office/units/{unit}/disposal", retention.propose, OFFICERS),
    act("/office/disposals/{disposal}/approval", retention.approve, OFFICERS),
    act("/office/disposals/{disposal}/refusal", retention.refuse, OFFICERS),
    act("/office/disposals/{disposal}/end", retention.carry_out, STAFF),
    page("/office/disposals/{disposal}/photo", retention.photo, STAFF),
    page("/office/publications", officer.publications, STAFF),
    act("/office/samples/{sample}/publication", coordinator.propose_publication, STAFF),
    act("/office/publications/{publication}/approval", officer.approve_publication, OFFICERS),
    act("/office/publications/{publication}/refusal", officer.refuse_publication, OFFICERS),
    act("/office/publications/{publication}/withdrawal", officer.withdraw_publication, OFFICERS),
    # shoppers
    page("/shopper", shopper.tasks, SHOPPERS),
    page("/shopper/money", purse.show, SHOPPERS),
    act("/shopper/money", purse.give_back, SHOPPERS),
    page("/shopper/tasks/{task}", shopper.task, SHOPPERS),
    page("/shopper/tasks/{task}/cover", cover.show, SHOPPERS),
    act("/shopper/tasks/{task}/end", shopper.call_off, SHOPPERS),
    act("/shopper/tasks/{task}/messages", talk.write, SHOPPERS),
    page("/shopper/tasks/{task}/messages/{message}/picture", talk.picture, SHOPPERS),
    act("/shopper/tasks/{task}/documents", printing.release_own, SHOPPERS),
    page("/shopper/tasks/{task}/documents/{document}", printing.own_file, SHOPPERS),
    act("/shopper/tasks/{task}/parcel", shopper.receive_parcel, SHOPPERS),
    act("/shopper/tasks/{task}/unpacking", shopper.unbox, SHOPPERS),
    act("/shopper/tasks/{task}/seals", shopper.seal, SHOPPERS),
    act("/shopper/tasks/{task}/rejection", shopper.reject, SHOPPERS),
    act("/shopper/tasks/{task}/diversion", shopper.divert, SHOPPERS),
    call("POST", "/shopper/tasks/{task}/transfers", upload.begin, SHOPPERS, largest=0),
    call("HEAD", "/shopper/tasks/{task}/transfers/{transfer}", upload.offset, SHOPPERS),
    call("PATCH", "/shopper/tasks/{task}/transfers/{transfer}", upload.append, SHOPPERS, largest=upload.PIECE),
    call("DELETE", "/shopper/tasks/{task}/transfers/{transfer}", upload.drop, SHOPPERS),
    # laboratories
    page("/lab", lab.consignments, LABS),
    page("/lab/consignments/{consignment}", lab.consignment, LABS),
    act("/lab/consignments/{consignment}/scan", receiving.scan, LABS),
    act("/lab/consignments/{consignment}/end", receiving.finish, LABS),
    act("/lab/consignments/{consignment}/refusal", receiving.refuse, LABS),
    act("/lab/consignments/{consignment}/units/{blind_code}/test", lab.start_test, LABS),
    page("/lab/uploads", lab.uploads, LABS),
    act("/lab/uploads", lab.send_file, LABS, largest=lab.LARGEST),
    page("/lab/uploads/{upload}", lab.receipt, LABS),
    page("/lab/uploads/{upload}/findings.csv", lab.findings_csv, LABS),
    page("/lab/uploads/{upload}/findings.json", lab.findings_json, LABS),
    page("/lab/preview", preview.show, LABS),
    act("/lab/preview", preview.look, LABS, largest=lab.LARGEST),
    # a laboratory without an account: the link itself says which consignment
    page("/receipt/{token}", receiving.show_by_link, ANYONE),
    act("/receipt/{token}/name", receiving.name_by_link, ANYONE),
    act("/receipt/{token}/scan", receiving.scan_by_link, ANYONE),
    act("/receipt/{token}/end", receiving.finish_by_link, ANYONE),
    act("/receipt/{token}/refusal", receiving.refuse_by_link, ANYONE),
    # platforms
    page("/platform", platform.inbox, PLATFORMS),
    page("/platform/notices/{notice}", platform.notice, PLATFORMS),
    act("/platform/notices/{notice}/receipt", platform.acknowledge, PLATFORMS),
    act("/platform/notices/{notice}/action", platform.claim, PLATFORMS),
    act("/platform/notices/{notice}/contest", platform.contest, PLATFORMS),
    # programs
    read("/v1/openapi.json", openapi.document, ANYONE),
    read("/v1/results", api.results, ANYONE),
    read("/v1/results/{number}", api.result, ANYONE),
    read("/v1/scores", api.scores, ANYONE),
    read("/v1/notices", api.notices, PLATFORMS),
    read("/v1/notices/{notice}", api.notice, PLATFORMS),
    send("/v1/notices/{notice}/receipts", api.acknowledge, PLATFORMS),
    send("/v1/notices/{notice}/actions", api.claim, PLATFORMS),
    send("/v1/notices/{notice}/contests", api.contest, PLATFORMS),
    read("/v1/consignments", api.consignments, LABS),
    send("/v1/consignments/{consignment}/receipt", api.receive_consignment, LABS),
    send("/v1/units/{blind_code}/test", api.start_test, LABS),
    send("/v1/uploads", api.send_upload, LABS, largest=lab.LARGEST),
    read("/v1/uploads/{upload}", api.upload, LABS),
)


def create_app(
    database: Database,
    objects: Objects,
    parts: Parts,
    *,
    base_url: str,
    vault: Vault,
    press: Press,
    receipts: Receipts,
    look: Look,
    rulebook: str = "cn-product",
    provider: Mapping[str, Any] | None = None,
    credentials: Credentials | None = None,
) -> ASGIApp:
    """Give the application for one memory; `provider` names who signs the notices, `credentials` who seals evidence."""
    known = credentials or Credentials()
    world = World(database, objects, base_url, rulebook, parts, vault, press, receipts, look, provider or {}, known)
    routes: list[BaseRoute] = [Route("/static/{path:path}", public.asset, name="static"), *_routes(world)]
    failures = {404: _not_found, 405: _wrong_method, 500: _broken}
    app = Starlette(routes=routes, exception_handlers=failures, middleware=[Middleware(SafeHeaders, https=world.https)])
    app.state.world = world
    app.state.entries = ROUTES
    return app


def serve(app: ASGIApp, *, host: str, port: int, proxies: Sequence[str] = ()) -> None:
    """Answer requests until the process is told to stop."""
    uvicorn.run(app, host=host, port=port, **listening(proxies))


def listening(proxies: Sequence[str]) -> dict[str, Any]:
    """Give the server's options; who a visitor is said to be is believed from the named proxies alone."""
    options: dict[str, Any] = {"log_level": "warning", "server_header": False, "proxy_headers": bool(proxies)}
    return {**options, "forwarded_allow_ips": list(proxies)} if proxies else options


def _routes(world: World) -> list[BaseRoute]:
    return [Route(one.path, guarded(one, world), methods=[one.method], name=one.name) for one in ROUTES]


async def _not_found(request: Request, _: Exception) -> Response:
    return _problem(request, Problem(404, "not_found"))


async def _wrong_method(request: Request, _: Exception) -> Response:
    return _problem(request, Problem(405, "method_not_allowed"))


async def _broken(request: Request, _: Exception) -> Response:
    return _problem(request, Problem(500, "internal"))


def _problem(request: Request, problem: Problem) -> Response:
    api_path = request.url.path.startswith("/v1/")
    return problem_response(request, problem, language=known_language(request), user=None, api=api_path)
