"""The templates, one environment a language: autoescaped, strict, with the few words a template may use."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Undefined
from jinja2.runtime import Context
from jinja2.utils import pass_context
from markupsafe import Markup, escape
from starlette.templating import Jinja2Templates

from dashboards import chart, labels, plan_chart
from dashboards import language as speech
from dashboards.assets import gather
from dashboards.reasons import REASONS
from dashboards.tone import tone
from labs.findings import explain
from labs.items import item_name
from labs.limits import Limit
from sampling.custody import CARRIER, STATION
from sampling.text import Text

FOLDER = Path(__file__).parent / "templates"
ASSETS = gather()
GOVUK = "govuk_frontend_jinja"
KEEPERS = {STATION: "station", CARRIER: "carrier"}
TRIED = ("sample_size", "least", "budget", "by", "test_cost")


def environment(language: str) -> Environment:
    """Give the environment whose templates speak this language."""
    # The component macros read parameters that were not given, so undefined is not an error.
    templates = Environment(
        loader=ChoiceLoader([FileSystemLoader(FOLDER), PrefixLoader({GOVUK: PackageLoader(GOVUK)})]),
        autoescape=True,
        undefined=Undefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = speech.catalogue(language)
    templates.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    templates.globals.update(words(language))
    return templates


def words(language: str) -> dict[str, Callable[..., Any]]:
    """Give the functions a template may call."""
    return {
        "asset": asset,
        "url": url,
        "label": partial(speech.label, language),
        "word": partial(speech.word, language),
        "instant": partial(speech.instant, language),
        "day": partial(speech.day, language),
        "money": partial(speech.money, language),
        "number": partial(speech.number, language),
        "both": partial(speech.both, language),
        "explain": explain,
        "chart": partial(chart.draw, language),
        "share": chart.share,
        "strata_chart": partial(plan_chart.strata, language),
        "levels_chart": partial(plan_chart.levels, language),
        "query": query,
        "percent": partial(speech.percent, language),
        "happened": partial(happened, language),
        "item": partial(item, language),
        "bound": partial(bound, language),
        "party": partial(party, language),
        "actor": partial(actor, language),
        "keeper": partial(keeper, language),
        "reason": partial(reason, language),
        "why": partial(why, language),
        "spoken": partial(spoken, language),
        "tone": tone,
    }


def happened(language: str, noun: str, type_: str) -> str:
    """Give the words for one entry of a history."""
    family = labels.event_family(noun, type_)
    colon = "：" if language == "zh" else ": "
    return f"{speech.word(language, 'Noun', noun)}{colon}{speech.word(language, family, type_)}"


def actor(language: str, by: str) -> str:
    """Give who did something: a person by name, the automatic steps by one word."""
    kind, _, name = by.partition(":")
    match kind:
        case "user" | "person":
            return name
        case "flow":
            return str(speech.catalogue(language).gettext("automatic step"))
        case _:
            return by


def keeper(language: str, name: str) -> str:
    """Give who has a unit, or where it is: the station and the carrier by a word, a laboratory, or a person by name."""
    if name in KEEPERS:
        return speech.word(language, "Keeper", KEEPERS[name])
    return party(language, name) if name.startswith("lab:") else actor(language, name)


def reason(language: str, code: str) -> str:
    """Give why, in words; a verdict's reason names the item before it, `lead:near_limit`."""
    name, _, why = code.partition(":")
    if name in REASONS or not why:
        return speech.word(language, "Reason", code)
    return f"{item(language, name)}{'：' if language == 'zh' else ': '}{reason(language, why)}"


def why(language: str, text: object) -> Markup:
    """Give a reason in words where it is a code that the pages know, and what a person wrote as it was written."""
    return escape(speech.word(language, "Reason", str(text))) if text in REASONS else spoken(language, text)


def item(language: str, code: str) -> str:
    """Give the name of a test item as the limits name it; a code without a limit stands for itself."""
    name = item_name(code)
    return name.to(language) if isinstance(name, Text) else name


def bound(language: str, limit: Limit) -> str:
    """Give a limit as a reader understands it, `≤ 90 mg/kg`; `<` where the limit itself fails already.

    What must not be detected is told with how far down it is looked for, and a plan with its numbers. Where the
    category holds several forms of goods, what the most lenient of them may have stands beside it.
    """
    if limit.kind == "absent":
        down_to = {"level": f"{limit.high} {limit.unit}"}
        return str(speech.catalogue(language).gettext("not detected, looked for down to %(level)s")) % down_to
    if limit.plan is not None:
        plan = limit.plan
        return f"n = {plan.n}, c = {plan.c}, m = {plan.m}, M = {plan.top} {limit.unit}"
    ends = [_end(limit, ">", limit.low), _end(limit, "<", limit.high)]
    told = f"{', '.join(end for end in ends if end)} {limit.unit}"
    if limit.lenient is None:
        return told
    lenient = _end(limit, "<" if limit.kind == "max" else ">", limit.lenient)
    words = str(speech.catalogue(language).gettext("%(bound)s for the most lenient form of the goods"))
    return f"{told} ({words % {'bound': f'{lenient} {limit.unit}'}})"


def _end(limit: Limit, sign: str, end: Decimal | None) -> str:
    shown = sign if limit.strict else {"<": "≤", ">": "≥"}[sign]
    return "" if end is None else f"{shown} {end}"


def party(language: str, name: str) -> Markup:
    """Give a recipient such as `seller:oscar-mart/Wang` in words, its name marked with its language."""
    kind, _, rest = name.partition(":")
    if not rest:
        return spoken(language, name)
    return Markup("{} {}").format(speech.word(language, "PartyKind", kind), spoken(language, rest))


def spoken(language: str, text: object) -> Markup:
    """Give a text of the outside world, marked with its language where that is not the page's."""
    plain = "" if text is None else str(text)
    chinese = any("\u4e00" <= character <= "\u9fff" for character in plain)
    if chinese is (language == "zh") or not plain:
        return escape(plain)
    return Markup('<span lang="{}">{}</span>').format("zh-Hans" if chinese else "en", plain)


def asset(name: str) -> str:
    """Give the address of a file, which changes when the file does."""
    return f"/static/{ASSETS[name].name}"


def query(values: Mapping[str, str], **more: object) -> str:
    """Give the numbers of a plan that is tried out as the end of an address, with what is added to them."""
    tried = {name: values[name] for name in TRIED if name in values}
    return urlencode({**tried, **{name: str(value) for name, value in more.items() if value}})


@pass_context
def url(context: Context, name: str, /, **path: object) -> str:
    """Give the path of a route by its name."""
    request = context["request"]
    return str(request.app.url_path_for(name, **{key: str(value) for key, value in path.items()}))


TEMPLATES = {language: Jinja2Templates(env=environment(language)) for language in speech.LANGUAGES}
