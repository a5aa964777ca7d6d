"""The worked decisions as a page: every case that `tests/spec` holds the judging and the disputes to."""

from collections.abc import Iterator

from tests.spec.disputed import ALL as DISPUTED
from tests.spec.vectors import ALL, Vectors


def page() -> str:
    """Give all cases as one Markdown page."""
    lines = [
        "# Worked decisions",
        "",
        "Built from `tests/spec/vectors.py` and `tests/spec/disputed.py` by `make docs`; the tests run every row.",
    ]
    for vectors in (*ALL, *DISPUTED):
        lines += _section(vectors)
    return "\n".join(lines) + "\n"


def _section(vectors: Vectors) -> Iterator[str]:
    yield from ("", f"## {vectors.title.en} · {vectors.title.zh}", "", f"{vectors.source}.", "")
    yield f"| {' | '.join(vectors.columns)} |"
    yield "|" + "---|" * len(vectors.columns)
    yield from (f"| {' | '.join(row)} |" for row in vectors.rows)
