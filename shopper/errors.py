"""What can be wrong with a command: the message is one sentence, the exit code 2."""


class CommandError(Exception):
    """The command cannot be carried out as it was given."""


class PortTaken(CommandError):
    """Another program listens where one of our services should."""


class ServiceFailed(Exception):
    """A service that should stay up ended."""
