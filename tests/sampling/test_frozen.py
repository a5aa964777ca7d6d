"""A frozen frame goes to plain JSON and comes back."""

import json

from sampling.frozen import Frozen, SourceFile, frozen_of


def test_a_frozen_frame_comes_back_from_its_record() -> None:
    sources = (SourceFile("frame.csv", "a" * 64), SourceFile("marks.csv", "b" * 64, "c" * 64))
    frozen = Frozen("1" * 64, "2" * 64, 9, "3" * 64, "4" * 64, sources)
    assert frozen_of(json.loads(json.dumps(frozen.record()))) == frozen
