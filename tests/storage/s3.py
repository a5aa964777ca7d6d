"""A real S3 server on loopback, for as long as a block runs."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minio import Minio
from minio.error import S3Error
from urllib3.exceptions import HTTPError

from tests.world.ports import free_ports

KEY, SECRET = "access-of-the-test", "secret-of-the-test"
# Each part of the server listens, and on the next ten thousand for its own calls.
PARTS = ("master.port", "volume.port", "filer.port", "s3.port")
OFF = {"webdav": "false", "admin.ui": "false", "s3.port.iceberg": 0, "s3.port.lance": 0}
PATIENCE = 90.0


@contextmanager
def s3_server(folder: Path) -> Iterator[Minio]:
    """Give a client of a fresh server whose files lie in the folder."""
    ports = dict(zip(PARTS, free_ports(len(PARTS)), strict=True))
    program = str(Path(sys.executable).with_name("weed"))
    chosen = {
        "dir": folder,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "webdav": "false",
        "admin.ui": "false",
        **OFF,
        **ports,
    }
    words = [program, "mini", *(f"-{name}={value}" for name, value in chosen.items())]
    environment = {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
    }
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        client = Minio(endpoint=f"127.0.0.1:{ports['s3.port']}", access_key=KEY, secret_key=SECRET, secure=False)
        _await(client, process, folder / "weed.log")
        yield client
    finally:
        process.terminate()
        process.wait(60)


def _await(client: Minio, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            client.list_buckets()
        except (S3Error, HTTPError):
            assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text("utf-8", "replace")[-2000:])
