"""What can be wrong in the stage from listing to sealed sample."""

from sampling.text import Text


class SamplingError(Exception):
    """The base of every error this package raises."""


class IllegalMove(SamplingError):
    """A lifecycle was asked for a move that its table lacks."""


class MixedCurrencies(SamplingError):
    """Two amounts of different currencies were added or compared."""


class UnknownRule(SamplingError):
    """A rulebook was asked for a rule it does not hold."""


class UnknownRulebook(SamplingError):
    """No rulebook is shipped under the code."""


class RefusedDisposal(SamplingError):
    """A unit may not be disposed of; each sentence says why, in both languages."""

    def __init__(self, codes: tuple[str, ...], sentences: tuple[Text, ...]) -> None:
        super().__init__(" ".join(sentence.en for sentence in sentences))
        self.codes, self.sentences = codes, sentences


class UnknownCalendar(SamplingError):
    """No calendar of days of rest is kept under the code."""


class UnknownYear(SamplingError):
    """A deadline falls into a year whose days of rest are not known."""


class WrongRule(SamplingError):
    """A rule is of another kind than it is used for, or is described outside the lists."""


class ImpossiblePlan(SamplingError):
    """A plan asks for more than its budget, its frame or its people allow."""


class NotOptimal(SamplingError):
    """An assignment is not the best one, so that no prices can stand for it."""


class LoopingCategories(SamplingError):
    """A category tree leads from a category back to itself."""


class WrongMapping(SamplingError):
    """A description of a source names something that is not ours."""


class UnreadableSource(SamplingError):
    """A file is cut, broken, or of no kind that a frame can be gathered from."""


class BrokenChain(SamplingError):
    """A history does not continue from the entry before it."""


class UnreadableBundle(SamplingError):
    """What was given as a bundle is not a folder or .zip of reasonable size."""


class UnreadableArchive(SamplingError):
    """A WARC or WACZ is cut, altered, or holds anything beside its records or members."""


class UnknownStep(SamplingError):
    """A site's steps ask for something that cannot be done."""


class NoBrowser(SamplingError):
    """No browser could be started."""


class UnknownProfile(SamplingError):
    """A capture is asked for in a profile or for a region that is not described."""


class UnknownBeacon(SamplingError):
    """A plan names a source of randomness that is not pinned."""


class WrongBeacon(SamplingError):
    """A beacon's answer is of another chain or round, or its proof fails."""


class RefusedDraw(SamplingError):
    """A step of a draw would break its promise: a changed frame, a late commitment, another salt, too early a page."""


class WrongStamp(SamplingError):
    """A time-stamp is not by the pinned authority, not over the data, or not what was asked for."""


class NoStamp(SamplingError):
    """A time-stamping authority gave no answer; `code` says why: `address`, `down`, `slow`, `refused`, `garbage`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class WrongCheckpoint(SamplingError):
    """A checkpoint of the ledger cannot be read or is not signed by a key of the ledger."""


class WrongKeys(SamplingError):
    """A key statement cannot be read, does not follow from the one before it, or is not signed as it must be."""


class UnknownAuthority(SamplingError):
    """No time-stamping authority is known under the code, or its certificates are no chain."""


class RefusedCustody(SamplingError):
    """An entry would break a unit's chain of custody; `code` says how, and `sentence` tells it in both languages."""

    def __init__(self, code: str, sentence: Text) -> None:
        super().__init__(sentence.en)
        self.code, self.sentence = code, sentence


class WrongSealNumber(SamplingError):
    """A seal number is mistyped or is none; `sentence` says so in both languages."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


class WrongCover(SamplingError):
    """A cover holds what it must not, such as a card number; the message names no value of it."""


class OverBudget(SamplingError):
    """An amount is more than what is left of a campaign's budget."""


class WrongEntry(SamplingError):
    """An entry of money does not follow from those before it."""


class WrongDocument(SamplingError):
    """A document or label would say what it must not, or one of its codes does not read back."""


class NoFont(SamplingError):
    """No font with Chinese characters is installed, so that no document can be printed."""
