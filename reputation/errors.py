"""What can be wrong with a publication or a score."""


class ReputationError(Exception):
    """The base of every error this package raises."""


class NotReady(ReputationError):
    """A publication was asked for before every gate was passed."""


class NoVariance(ReputationError):
    """A stratum holds a single unit, so its spread cannot be told."""


class UnknownSeverity(ReputationError):
    """A result failed, and how badly is not said or not among the parameters."""


class BadParameters(ReputationError):
    """The file of score parameters lacks something or contradicts itself."""
