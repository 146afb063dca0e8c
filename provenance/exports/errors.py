"""What can go wrong when evidence is made.

ExportRefused
├── NothingToExport
├── TooManyOutputs
├── PeriodRefused
├── RangeIncomplete
├── ArchiveRefused
└── EvidenceTooLarge
EvidenceBroken
"""


class EvidenceBroken(Exception):
    """The log does not bear out what it says of an output: run manage.py verify_log."""


class ExportRefused(Exception):
    """What was asked for cannot be put into one bundle."""


class NothingToExport(ExportRefused):
    """There is nothing, or nothing that may be read."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is nothing in this {what} that you may read.")


class TooManyOutputs(ExportRefused):
    """More outputs than one bundle takes: ask for less at a time."""

    def __init__(self, what: str, found: int, limit: int) -> None:
        super().__init__(
            f"The {what} has {found:,} outputs, and a bundle takes {limit:,}:"
            " ask for less at a time."
        )
        self.what = what


class PeriodRefused(ExportRefused):
    """The times make no period."""


class EvidenceTooLarge(ExportRefused):
    """What lies behind the outputs is more than one bundle takes."""

    def __init__(self, limit: int, files: int) -> None:
        super().__init__(
            f"The evidence is longer than the {limit:,} bytes, or {files:,} files, that a bundle"
            " takes: ask for less at a time."
        )
        self.limit = limit


class RangeIncomplete(ExportRefused):
    """Contents of the range lie in another archive: put them back first."""


class ArchiveRefused(ExportRefused):
    """The file is not an archive that this log wrote, as it wrote it."""
