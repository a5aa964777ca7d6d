"""What can be wrong with the memory."""


class StorageError(Exception):
    """The base of every error this package raises."""


class NotFound(StorageError):
    """Nothing of this kind has this id."""


class Conflict(StorageError):
    """Another process moved the row first, or a rule of uniqueness refuses the change."""


class Stale(Conflict):
    """What a person decided about is no longer what was shown."""


class TooEarly(Conflict):
    """What came in is said to have come before it could."""


class NotAllowed(StorageError):
    """This person may not do this to this row."""


class WrongSecret(StorageError):
    """A sealed secret does not open with this key."""


class Away(StorageError):
    """The store of files does not answer, or no connection is free; what was asked may be asked again later."""


class Full(StorageError):
    """The disk has no room left; nothing of what was to be kept is there."""
