"""A lifecycle is a table of moves: (state, event) to state; what the table lacks is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sampling.errors import IllegalMove

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[State, Event]):
    """The moves of one noun, with the state it begins in."""

    noun: str
    initial: State
    moves: Mapping[tuple[State, Event], State]

    def move(self, state: State, event: Event) -> State:
        """Give the state that the event leads to, or raise IllegalMove."""
        try:
            return self.moves[state, event]
        except KeyError:
            raise IllegalMove(f"{self.noun}: {event} is not possible in state {state}") from None

    def allows(self, state: State, event: Event) -> bool:
        """Tell whether the event is possible in the state."""
        return (state, event) in self.moves

    @property
    def final(self) -> frozenset[State]:
        """The states that nothing leaves."""
        left = {state for state, _ in self.moves}
        return frozenset(set(self.moves.values()) - left)

    def diagram(self) -> str:
        """Draw the table as a Mermaid state diagram, one line a move."""
        lines = [f"    [*] --> {self.initial}"]
        lines += [f"    {old} --> {new}: {event}" for (old, event), new in self.moves.items()]
        lines += [f"    {state} --> [*]" for state in sorted(self.final)]
        return "\n".join(["stateDiagram-v2", *lines, ""])
