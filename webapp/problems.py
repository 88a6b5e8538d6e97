"""Reasons not to start, each a sentence for the person at the terminal."""


class StartError(Exception):
    """Offing cannot go on; the message is a plain sentence, the exit code tells scripts the kind."""

    exit_code = 1


class PortTaken(StartError):
    """Another program listens where Offing should."""

    exit_code = 3


class FolderError(StartError):
    """The data folder cannot be used: foreign owner, other version, full disk, already in use."""

    exit_code = 4


class DatabaseError(StartError):
    """The database does not start, cannot be reached, or is too old."""

    exit_code = 5
