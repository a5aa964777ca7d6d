"""Scratch: a store for the pieces that one job makes on its way, under their hashes, which goes when the job ends.

It lies beside the objects, in a folder or bucket of its own, so that nothing here can touch what is kept for good.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from minio.deleteobjects import DeleteObject

from storage.bucket import Bucket, client_of
from storage.errors import StorageError
from storage.objects import Folder, Objects
from storage.settings import Settings


def open_scratch(settings: Settings, job: str) -> Objects:
    """Give the store of a job, which every process that has these settings finds under its name."""
    if settings.bucket is None:
        return Folder(settings.scratch / job)
    return Bucket(client_of(settings.bucket), f"{settings.bucket.bucket}-scratch", f"{job}/")


@contextmanager
def scratch(settings: Settings, job: str) -> Iterator[Objects]:
    """Give the empty store of a job while the block runs; what a killed one left behind goes first."""
    _clear(open_scratch(settings, job))
    try:
        yield open_scratch(settings, job)
    finally:
        _clear(open_scratch(settings, job))


def _clear(store: Objects) -> None:
    match store:
        case Folder():
            # What a lost worker still writes here goes before the next job of this name.
            shutil.rmtree(store.root, ignore_errors=True)
        case Bucket() if not store.client.bucket_exists(bucket_name=store.name):
            return  # it is made with its first object
        case Bucket():
            held = store.client.list_objects(bucket_name=store.name, prefix=store.prefix, recursive=True)
            gone = [DeleteObject(str(one.object_name)) for one in held]
            for lost in store.client.remove_objects(bucket_name=store.name, delete_object_list=gone):
                raise StorageError(f"the scratch {store.prefix} cannot be cleared: {lost}")
        case _:
            raise TypeError(f"{store} is no scratch")
