"""What can be wrong in the stage from listing to sealed sample."""


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


class UnknownStep(SamplingError):
    """A site's steps ask for something that cannot be done."""


class NoBrowser(SamplingError):
    """No browser could be started."""


class UnknownBeacon(SamplingError):
    """A plan names a source of randomness that is not pinned."""


class WrongBeacon(SamplingError):
    """A beacon's answer is of another chain or round, or its proof fails."""


class RefusedDraw(SamplingError):
    """A step of a draw would break its promise: a changed frame, a late commitment, another salt, too early a page."""
