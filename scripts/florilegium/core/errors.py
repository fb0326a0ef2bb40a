"""What cannot go on: one base class, whose message says what is wrong and whose help says what to do."""


class FlorilegiumError(Exception):
    """The program cannot do what it was asked to; the command line shows the message and the help, and ends.

    Problems in the text of a library are no exceptions but diagnostics, so that one never hides the others.
    """

    def __init__(self, message: str, help: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        """What is wrong, in one sentence without a full stop."""
        self.help = help
        """The likely remedy; empty where there is none. It may have several lines: what another program said."""
        self.details = details
        """What only somebody who looks for a fault wants to read, such as a traceback."""


class CannotRun(FlorilegiumError):
    """There is nothing to work on, or an option makes no sense."""
