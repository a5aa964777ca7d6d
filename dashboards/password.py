"""Passwords are kept as argon2id hashes, and tokens as SHA-256."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from sampling.digest import sha256

# RFC 9106, second recommended option: 64 MiB, 3 passes; the library's defaults follow it.
HASHER = PasswordHasher()

# Checked where no such account exists, so that the answer takes as long as for one that does.
NOBODY = HASHER.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Give the argon2id hash with its salt and parameters."""
    return HASHER.hash(password)


def matches(password: str, hashed: str | None) -> bool:
    """Tell whether the password is the hashed one; no hash takes as long and is False."""
    try:
        return HASHER.verify(hashed or NOBODY, password) and bool(hashed)
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_token() -> str:
    """Give 256 random bits as text for a cookie or a header."""
    return secrets.token_urlsafe(32)


def token_sha256(token: str) -> str:
    """Give the form in which a token is kept."""
    return sha256(token.encode())


def form_token(cookie: str) -> str:
    """Give the token that a form must send back: bound to the cookie, and useless for guessing it."""
    return sha256(f"form {cookie}".encode())


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return secrets.compare_digest(left.encode(), right.encode())
