"""A question about a changed offer that nobody answers: the sweep opens the next of its reserve."""

from datetime import timedelta

from flows import purchase
from flows.wiring import World
from sampling.calendar import Deadline
from sampling.consent import ConsentState
from sampling.sample import SampleState
from sampling.task import TaskState
from storage import captures, clock, consents, events, samples
from tests import build
from tests.flows.people import SHOPPERS, drawn, install, offer, pass_time, target

S = SampleState


def test_an_offer_that_nobody_consents_to_in_time_is_let_go_for_the_next_of_its_reserve(quiet: World) -> None:
    install(quiet)
    with quiet.database.unit() as unit:
        first = offer(quiet, "2014")
        campaign = drawn(quiet, unit, [first], [offer(quiet, "2003")])
        sample, at = target(unit, campaign, first), clock.now(unit)
        made = build.Case(unit, quiet.objects, sample, 1)
        build.captured(made)
        (seen,) = captures.of_sample(unit, sample.id)
        due = Deadline("consent_limit", "cn-product", "none", at, at + timedelta(days=2))
        asked = consents.ask(unit, sample.id, "price_risen", drawn=seen, shown=seen, due=due, by="t", at=at)
    pass_time(quiet, days=2, minutes=1)
    assert purchase.sweep(quiet, 9).outcomes == (("given up: nobody consented", 1),)
    assert purchase.sweep(quiet, 9).done == 0
    with quiet.database.unit() as unit:
        ended = samples.get(unit, sample.id)
        assert (ended.state, ended.reason) == (S.NOT_OBTAINED, purchase.NOT_ANSWERED)
        assert consents.get(unit, asked.id).state is ConsentState.RAN_OUT
        ((task, _),) = samples.tasks_of(unit, SHOPPERS[0])
        assert task.state is TaskState.RELEASED
        assert [one.item_id for one in samples.in_state(unit, S.TARGETED)] == ["2003"]
        told = [entry.type for entry in events.history(unit, sample.id)]
        assert told.index("ran_out") < told.index("not_obtained")
