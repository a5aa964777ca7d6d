"""The claim: a fresh clone in an empty folder needs `make demo ONCE=1` and nothing else, as root or an ordinary user.

What is cloned is the last commit of this repository. As root, an account is made for the ordinary user and removed.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
ACCOUNT = "shopper-clone"
PORT = 8790
KEPT = ("LANG", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")  # fmt: skip
REGISTRIES = ("PIP_", "UV_", "NPM_CONFIG_", "npm_config_", "PLAYWRIGHT_")
MOST_SECONDS = 180
JOB = re.compile(r"set-up of the world / the job +│ (\d+) s / (\d+) s")


def main() -> int:
    """Print for each account how the command ended and how long it took; 1 when one failed or took over 180 s."""
    codes = [tried(None)]
    if os.geteuid() == 0:
        made = subprocess.run(["useradd", "--create-home", ACCOUNT], check=False, capture_output=True)
        try:
            codes.append(tried(ACCOUNT))
        finally:
            if made.returncode == 0:
                subprocess.run(["userdel", "--remove", ACCOUNT], check=False, capture_output=True)
    return 1 if any(codes) else 0


def tried(account: str | None) -> int:
    """Clone, run the command as this account, and give its exit code."""
    place = Path(tempfile.mkdtemp(prefix="fresh-clone-"))
    clone = place / "clone"
    subprocess.run(["git", "clone", "--quiet", f"file://{ROOT}", str(clone)], check=True)
    who = pwd.getpwnam(account) if account else pwd.getpwuid(os.geteuid())
    if account:
        place.chmod(0o755)
        subprocess.run(["chown", "-R", account, str(place)], check=True)
    began = time.monotonic()
    done = subprocess.run(
        ["make", "demo", "ONCE=1"], cwd=clone, env=environment(Path(who.pw_dir)), capture_output=True, text=True,
        check=False, user=account, group=who.pw_gid if account else None, extra_groups=[] if account else None,
    )  # fmt: skip
    took, found = time.monotonic() - began, JOB.search(done.stdout)
    job = f"world {found[1]} s, job {found[2]} s" if found else (done.stderr or done.stdout).strip()[-600:]
    print(f"as {who.pw_name}: exit code {done.returncode} after {took:.0f} s in all; {job}", flush=True)
    if done.returncode == 0:
        shutil.rmtree(place, ignore_errors=True)
    else:
        print(f"left for a look: {place}", flush=True)
    slow = found is not None and int(found[2]) > MOST_SECONDS
    return done.returncode or int(slow)


def environment(home: Path) -> dict[str, str]:
    """Give the variables of somebody who just logged in; the way to the package registries is the machine's own."""
    kept = {name: text for name, text in os.environ.items() if name in KEPT or name.startswith(REGISTRIES)}
    # An ordinary account cannot use what root keeps in its own home.
    path = os.environ["PATH"] if home == Path.home() else os.defpath
    return {**kept, "PATH": path, "HOME": str(home), "SHOPPER_WEB_PORT": str(PORT)}


if __name__ == "__main__":
    sys.exit(main())
