"""drand: a value every few seconds, signed by a league of organisations (BLS on BLS12-381, RFC 9380 hashing)."""

import hashlib

from py_arkworks_bls12381 import GT, G1Point, G2Point

from sampling.beacons.interface import Answer, Chain, Pulse, octets, whole
from sampling.errors import WrongBeacon

# The scheme `bls-unchained-g1-rfc9380`: signatures in G1, the key in G2, the round alone is signed.
SUITE = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


def read(chain: Chain, round_: int, answer: Answer) -> Pulse:
    """Give the value of a round: SHA-256 of the signature, once the pinned key has proved that."""
    if "chain_hash" in answer and answer["chain_hash"] != chain.chain_hash:
        raise WrongBeacon(f"the beacon is of the chain {answer['chain_hash']}, not of {chain.code}")
    if whole(answer, "round") != round_:
        raise WrongBeacon(f"the beacon is round {answer['round']}, not round {round_}")
    signature = octets(answer, "signature")
    if not signed(bytes.fromhex(chain.public_key), round_, signature):
        raise WrongBeacon(f"the signature of round {round_} is not by the key of {chain.code}")
    value = hashlib.sha256(signature).digest()
    if "randomness" in answer and octets(answer, "randomness") != value:
        raise WrongBeacon(f"the randomness of round {round_} is not the hash of its signature")
    kept = {"round": round_, "signature": signature.hex(), "chain_hash": chain.chain_hash}
    return Pulse(chain.code, round_, value, ("chain", "round", "signature"), (), kept)


def signed(key: bytes, round_: int, signature: bytes) -> bool:
    """Tell whether the signature of a round is by the key: e(signature, g2) = e(H(round), key)."""
    message = hashlib.sha256(round_.to_bytes(8, "big")).digest()
    try:
        given, public = G1Point.from_compressed_bytes(signature), G2Point.from_compressed_bytes(key)
    except ValueError:
        return False
    return GT.pairing(given, G2Point()) == GT.pairing(G1Point.hash_to_curve(message, SUITE), public)
