"""A file set aside is read by the holder of one key alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sampling.errors import UnreadableBundle
from sampling.evidence.aside import KEY, open_aside, seal_aside

HOLDER, STRANGER = (X25519PrivateKey.from_private_bytes(bytes([byte]) * 32) for byte in (1, 2))
ONCE = X25519PrivateKey.from_private_bytes(bytes([3]) * 32)


@pytest.mark.parametrize("data", [b"", b"cookie: secret"])
def test_only_the_holder_reads_it(data: bytes) -> None:
    sealed = seal_aside(data, HOLDER.public_key(), once=ONCE)
    assert b"secret" not in sealed
    assert open_aside(sealed, HOLDER) == data
    with pytest.raises(UnreadableBundle):
        open_aside(sealed, STRANGER)


def test_a_changed_byte_is_found() -> None:
    sealed = seal_aside(b"cookie", HOLDER.public_key(), once=ONCE)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(UnreadableBundle):
            open_aside(bytes(changed), HOLDER)


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(KEY), bytes(KEY + 40)])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(UnreadableBundle):
        open_aside(sealed, HOLDER)
