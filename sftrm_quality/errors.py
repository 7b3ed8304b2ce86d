"""Exceptions are for us: configuration, suites, storage. Bad data is a row with a reason, never one of these."""

import errno
from pathlib import Path

from sftrm_quality.words import phrase, retold, say

_FREE_SPACE = phrase("Free space or inodes there and run again.")
_ALLOW = phrase("Check its permissions and how it is mounted, or name another one.")
_CHECK = phrase("Check the disk and retry.")
_NEXT = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FREE_SPACE),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _ALLOW),
}
# What a file server or a busy machine says and takes back a minute later.
_TRANSIENT = {
    errno.EIO,
    errno.EINTR,
    errno.EAGAIN,
    errno.EBUSY,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.ENOLCK,
    errno.ENOMEM,
    errno.ENFILE,
    errno.ENOTCONN,
    errno.ECONNABORTED,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.ENETRESET,
    errno.ENETUNREACH,
}


class SftrmError(Exception):
    """The base of all errors that are meant for the user; the text says where, what and what to do next.

    It is said in the language that is spoken where it is shown, whichever it was raised in.
    """

    exit_code = 3

    def __str__(self) -> str:
        """One line that steers no terminal, wherever it is shown: names of files are in it, as somebody chose them."""
        told = retold(self.args[0]) if len(self.args) == 1 and isinstance(self.args[0], str) else super().__str__()
        return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in told)


class ConfigError(SftrmError):
    """An option, path or configuration key is wrong. Raised before anything is read."""

    exit_code = 2


class SuiteError(SftrmError):
    """An expectation suite is missing, broken or asks for something that it may not have."""

    exit_code = 2


class DecisionError(SftrmError):
    """A decision cannot be carried out: what it was made on is not what is there now. Nothing is published."""

    exit_code = 1


class StorageError(SftrmError):
    """Reading or writing failed. What is raised is one of the three below: only the first is worth another try."""


class TransientStorageError(StorageError):
    """It may go well the next time: a file server that does not answer, a raw file that is still being written."""


class PermanentStorageError(StorageError):
    """It fails until somebody does something: a full disk, no permission, a file that was damaged or edited."""


class OwnFileError(StorageError):
    """What we wrote a moment ago is not what we read: a fault of ours or of the machine. Nothing is published."""


def storage_error_type(error: OSError) -> type[StorageError]:
    """Whether another try may help, by what the system said.

    Args:
        error: The system's. One without a number, or with a number that is not known to pass, counts as permanent.

    Returns:
        The class to raise.
    """
    return TransientStorageError if error.errno in _TRANSIENT else PermanentStorageError


def storage_error(error: OSError, where: Path | str) -> StorageError:
    """What the system says as an error for people.

    Args:
        error: The system's.
        where: The file or folder, for an error that does not name it.

    Returns:
        The error to raise, transient or permanent.
    """
    # An array that is cut short by a full disk says so only in numbers.
    said = error.strerror or say("written or read in part only ({error})", error=error)
    return storage_error_type(error)(
        say(
            "{path}: {said}; nothing is published. {next}",
            path=error.filename or where,
            said=said,
            next=say(_NEXT.get(error.errno or 0, _CHECK)),
        )
    )


class LedgerError(SftrmError):
    """Records were lost or counted twice: a fault of ours. Nothing is published."""
