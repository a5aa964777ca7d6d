"""The claim: a bundle of 4 MB is verified in 0.3 CPU s, one of 1,001 ledger entries is proved in 10 ms, and any altered
byte is seen.

The bundle has two time-stamps and a place in the ledger. Bytes are altered one at a time, so many in each file, drawn
by a fixed seed; each must be refused with a sentence that names the file.
"""

import random
import sys
from dataclasses import replace

from benchmarks.figures import Clock, Step, alone, show, verdict
from sampling.evidence.bundle import seal, stamped, with_inclusion
from sampling.evidence.ledger import check_inclusion, inclusion, leaf, root
from sampling.evidence.parts import SIGNATURE, SUMS
from sampling.evidence.timestamp import query
from sampling.evidence.verification import verify_bundle
from tests.sampling.proofs import VISIT, Files, Proof, ledger_of, place_of, proved
from tests.sampling.visits import EXCHANGES, KEYS, SHOP, a_png

MOST_SECONDS, MOST_PROOF_SECONDS = 0.3, 0.010
LEAST_BYTES = 4_000_000
ENTRIES, ALTERED = 1_001, 100


def main() -> int:
    """Print what was taken and seen, and give 1 when it was too much or too little."""
    (faults, size, unseen, tried), steps = alone(verified)
    show("a bundle with two time-stamps and its place", steps)
    holds, proofs = alone(proves)
    show(f"a ledger of {ENTRIES:,} entries", proofs)
    took, one = _step(steps, "verified").cpu, _step(proofs, "proved").cpu
    return verdict(
        {
            f"{took:.3f} CPU s of {MOST_SECONDS} for {size / 1e6:.1f} MB": took <= MOST_SECONDS and size >= LEAST_BYTES,
            "no fault in a good bundle": not faults,
            f"{tried - unseen} of {tried} altered bytes seen": unseen == 0,
            f"{one * 1000:.1f} ms of {MOST_PROOF_SECONDS * 1000:.0f} for a proof": holds and one <= MOST_PROOF_SECONDS,
        }
    )


def verified(clock: Clock) -> tuple[int, int, int, int]:
    """Give the faults of a large good bundle, its bytes, and how many altered bytes of a small one went unseen."""
    draw = random.Random(20260302)
    with proved() as proof:
        large = _large(proof, draw)
        clock.done("sealed and stamped")
        faults = verify_bundle(large, trust=proof.trust)
        clock.done("verified")
        altered = [(path, place) for path in sorted(proof.files) for place in _places(proof.files[path], draw)]
        unseen = sum(not _seen(proof, path, place) for path, place in altered)
        clock.done(f"{len(altered)} altered bytes refused")
        return len(faults), sum(map(len, large.values())), unseen, len(altered)


def proves(clock: Clock) -> bool:
    """Tell whether the proof of the last entry holds."""
    leaves = [leaf(str(number).encode()) for number in range(ENTRIES)]
    clock.done("written")
    path, top = inclusion(leaves, ENTRIES - 1), root(leaves)
    holds = check_inclusion(leaves[-1], ENTRIES - 1, ENTRIES, path, top)
    clock.done("proved")
    return holds


def _large(proof: Proof, draw: random.Random) -> Files:
    pictures = tuple(a_png(f"{SHOP}/{number}.png", body=draw.randbytes(60_000)) for number in range(40))
    visit = replace(VISIT, exchanges=(*EXCHANGES, *pictures), files={"page.png": draw.randbytes(1_700_000)})
    files = seal(visit, capture_id="cap-1", case="S26-000001", keys=KEYS)
    for code, office in proof.offices.items():
        files = stamped(files, code, office.stamp(query(files[SIGNATURE], 7)), office.chain)
    return with_inclusion(files, place_of(ledger_of(files), 3, proof.offices["north"]).written())


def _places(data: bytes, draw: random.Random) -> list[int]:
    return draw.sample(range(len(data)), min(ALTERED, len(data)))


def _seen(proof: Proof, path: str, place: int) -> bool:
    data = bytearray(proof.files[path])
    data[place] ^= 1 << place % 8
    faults = verify_bundle({**proof.files, path: bytes(data)}, trust=proof.trust)
    # A wrong sum may as well be a wrong file, so there the file may be another's.
    return any(fault.path.startswith(path) or path == SUMS for fault in faults)


def _step(steps: list[Step], name: str) -> Step:
    return next(step for step in steps if step.name == name)


if __name__ == "__main__":
    sys.exit(main())
