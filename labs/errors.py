"""What can be wrong between a consignment and its verdict."""

from sampling.text import Text


class LabError(Exception):
    """The base of every error this package raises."""


class UnknownFormat(LabError):
    """A file is in a format that no reader is listed for."""


class UnknownUnit(LabError):
    """A unit is not on the item's whitelist."""


class UnknownRounding(LabError):
    """A limit is not a multiple of its rounding interval, or a rule is unknown."""


class UnknownLimits(LabError):
    """No limits are shipped under the code, or a row of them is outside the lists."""


class AmbiguousLimit(LabError):
    """Two limits claim the same item in the same category on the same day."""


class UnknownPolicy(LabError):
    """A conflict between a first verdict and its retest has no such policy."""


class UnknownProcedure(LabError):
    """No procedure of objections is shipped under the code, or none was in force on the day."""


class UnknownTerms(LabError):
    """No terms of releases were in force on the day."""


class RefusedScan(LabError):
    """A scanned code is not taken; `cause` is why, and `sentence` says so in both languages."""

    def __init__(self, cause: str, sentence: Text) -> None:
        super().__init__(sentence.en)
        self.cause = cause
        self.sentence = sentence


class WrongLink(LabError):
    """A receipt link is not one of ours, or has ended; the message is the cause."""


class UnknownMapping(LabError):
    """No mapping is shipped under the code, or a text is none."""
