"""Exceptions are for us: configuration, suites, storage. Bad data is a row with a reason, never one of these."""


class SftrmError(Exception):
    """The base of all errors that are meant for the user; the text says where, what and what to do next."""

    exit_code = 3


class ConfigError(SftrmError):
    """An option, path or configuration key is wrong. Raised before anything is read."""

    exit_code = 2


class SuiteError(SftrmError):
    """An expectation suite is missing, broken or asks for something that it may not have."""

    exit_code = 2


class StorageError(SftrmError):
    """Reading or writing failed: disk full, no permission, a file that changed while it was read."""


class LedgerError(SftrmError):
    """Records were lost or counted twice: a fault of ours. Nothing is published."""
