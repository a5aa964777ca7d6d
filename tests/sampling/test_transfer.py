"""Transfers: one that has ended stays ended, and a photo or film is taken when its act is due."""

import pytest

from sampling.errors import IllegalMove
from sampling.media import Medium
from sampling.sample import SampleEvent, SampleState
from sampling.transfer import TRANSFER, TransferEvent, TransferState, awaited


@pytest.mark.parametrize("event", TransferEvent)
@pytest.mark.parametrize("state", TransferState)
def test_only_an_open_transfer_moves(state: TransferState, event: TransferEvent) -> None:
    if state is TransferState.OPEN:
        assert TRANSFER.move(state, event) in TRANSFER.final
    else:
        with pytest.raises(IllegalMove):
            TRANSFER.move(state, event)


@pytest.mark.parametrize(
    ("medium", "purpose", "state", "taken"),
    [
        (Medium.PHOTO, SampleEvent.RECEIVED, SampleState.SHIPPED, True),
        (Medium.PHOTO, SampleEvent.RECEIVED, SampleState.RECEIVED, False),
        (Medium.FILM, SampleEvent.UNBOXED, SampleState.SEALED, True),
        (Medium.FILM, SampleEvent.UNBOXED, SampleState.SHIPPED, False),
        (Medium.FILM, SampleEvent.JUDGED, SampleState.VERDICT, False),
    ],
)
def test_a_photo_or_film_is_taken_when_its_act_is_due(
    medium: Medium, purpose: SampleEvent, state: SampleState, taken: bool
) -> None:
    assert awaited(medium, purpose, state) is taken
