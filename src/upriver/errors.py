"""Every error Upriver raises, in one tree: each says what is wrong, where, and what to do."""

from __future__ import annotations


class UpriverError(Exception):
    """Root of the tree. The command line prints its message alone, without a traceback."""


class EvidenceError(UpriverError):
    """The folder of evidence cannot be used: absent, empty, not a folder."""


class SettingsError(UpriverError):
    """`case.toml` or a parameter says something that cannot be followed."""


class SchemaError(UpriverError):
    """Rows do not have the columns, types or key that `model/tables` declares."""


class CaseError(UpriverError):
    """The case folder cannot be opened, read or written."""


class CaseLockedError(CaseError):
    """Another process holds the case file."""


class CaseVersionError(CaseError):
    """The case was written by a newer Upriver."""


class JournalError(UpriverError):
    """A decision names nothing that is in the case, or a line of the journal cannot be read."""


class EngineError(UpriverError):
    """The engine that was asked for is not installed, or refused a statement."""


class ExportError(UpriverError):
    """An export cannot be written in the form asked for."""


class ProposerError(UpriverError):
    """A model or program that proposes events may not be asked, cannot be reached, or gives no usable answer."""


class PackageError(UpriverError):
    """A package for another agency cannot be written, or what came as one cannot be read or trusted."""
