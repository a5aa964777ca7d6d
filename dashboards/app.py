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
    coordinator,
    documents,
    draws,
    evidence,
    lab,
    money,
    officer,
    openapi,
    pictures,
    planning,
    platform,
    public,
    session,
    shopper,
    upload,
)
from dashboards.answer import problem_response
from dashboards.errors import Problem
from dashboards.gate import guarded, known_language
from dashboards.headers import SafeHeaders
from dashboards.route import ANYONE, LABS, MEMBERS, OFFICERS, PLATFORMS, SHOPPERS, STAFF, act, call, page, read, send
from dashboards.world import World
from sampling.evidence.credentials import Credentials
from storage.database import Database
from storage.objects import Objects
from storage.resumable import Parts

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
    page("/office/campaigns/{campaign}/money", money.show, STAFF),
    act("/office/campaigns/{campaign}/money", money.enter, STAFF),
    page("/office/campaigns/{campaign}/money.csv", money.entries, STAFF),
    page("/office/campaigns/{campaign}/reimbursements.csv", money.owed, STAFF),
    page("/office/samples/{sample}", coordinator.sample, STAFF),
    page("/office/samples/{sample}/compare", evidence.compare, STAFF),
    act("/office/samples/{sample}/reserve", coordinator.take_reserve, STAFF),
    page("/office/samples/{sample}/pictures/{digest}", pictures.show, STAFF),
    page("/office/samples/{sample}/films/{digest}", pictures.film, STAFF),
    page("/office/captures/{capture}/bundle.zip", coordinator.evidence_bundle, STAFF),
    page("/office/captures/{capture}/files/{name:path}", coordinator.evidence_file, STAFF),
    page("/office/consignments", coordinator.consignments, STAFF),
    act("/office/consignments/{consignment}/handover", coordinator.hand_over, STAFF),
    page("/office/purchases", coordinator.purchases, STAFF),
    act("/office/purchases/{purchase}", coordinator.settle_purchase, STAFF),
    page("/office/decisions", officer.decisions, STAFF),
    act("/office/verdicts/{verdict}/confirmation", officer.confirm_verdict, OFFICERS),
    act("/office/samples/{sample}/objections", officer.lodge_objection, STAFF),
    act("/office/objections/{objection}", officer.decide_objection, OFFICERS),
    page("/office/notices", officer.notices, STAFF),
    act("/office/notices/{notice}/approval", officer.approve_notice, OFFICERS),
    act("/office/notices/{notice}/service", officer.prove_service, STAFF),
    page("/office/deliveries", officer.deliveries, STAFF),
    page("/office/covers", officer.covers, OFFICERS),
    page("/office/publications", officer.publications, STAFF),
    act("/office/samples/{sample}/publication", coordinator.propose_publication, STAFF),
    act("/office/publications/{publication}/approval", officer.approve_publication, OFFICERS),
    act("/office/publications/{publication}/refusal", officer.refuse_publication, OFFICERS),
    act("/office/publications/{publication}/withdrawal", officer.withdraw_publication, OFFICERS),
    # shoppers
    page("/shopper", shopper.tasks, SHOPPERS),
    page("/shopper/tasks/{task}", shopper.task, SHOPPERS),
    act("/shopper/tasks/{task}/parcel", shopper.receive_parcel, SHOPPERS),
    act("/shopper/tasks/{task}/unpacking", shopper.unbox, SHOPPERS),
    act("/shopper/tasks/{task}/seals", shopper.seal, SHOPPERS),
    act("/shopper/tasks/{task}/rejection", shopper.reject, SHOPPERS),
    call("POST", "/shopper/tasks/{task}/transfers", upload.begin, SHOPPERS, largest=0),
    call("HEAD", "/shopper/tasks/{task}/transfers/{transfer}", upload.offset, SHOPPERS),
    call("PATCH", "/shopper/tasks/{task}/transfers/{transfer}", upload.append, SHOPPERS, largest=upload.PIECE),
    call("DELETE", "/shopper/tasks/{task}/transfers/{transfer}", upload.drop, SHOPPERS),
    # laboratories
    page("/lab", lab.consignments, LABS),
    page("/lab/consignments/{consignment}", lab.consignment, LABS),
    act("/lab/consignments/{consignment}/receipt", lab.receive_consignment, LABS),
    act("/lab/consignments/{consignment}/units/{blind_code}/test", lab.start_test, LABS),
    page("/lab/uploads", lab.uploads, LABS),
    act("/lab/uploads", lab.send_file, LABS),
    page("/lab/uploads/{upload}", lab.receipt, LABS),
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
    send("/v1/uploads", api.send_upload, LABS),
    read("/v1/uploads/{upload}", api.upload, LABS),
)


def create_app(
    database: Database,
    objects: Objects,
    parts: Parts,
    *,
    base_url: str,
    rulebook: str = "cn-product",
    provider: Mapping[str, Any] | None = None,
    credentials: Credentials | None = None,
) -> ASGIApp:
    """Give the application for one memory; `provider` names who signs the notices, `credentials` who seals evidence."""
    world = World(database, objects, base_url, rulebook, parts, provider or {}, credentials or Credentials())
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
