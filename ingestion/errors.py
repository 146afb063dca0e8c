"""What can be wrong with what is handed in.

SubmissionRefused
├── FieldRefused            a field breaks a rule: says which, and which rule
├── DocumentTooLarge        more bytes than the limit
├── CurrentVersionMoved     read the document again and decide anew
└── SourceVersionReused     give new bytes a new source version
DocumentUnknown             there is none, or not for this principal
NothingToRetry              only a version that failed can be tried again
(media_types.UnsupportedMediaType: the kind of file cannot be read)
"""


class SubmissionRefused(Exception):
    """What was handed in cannot be recorded as it is."""


class FieldRefused(SubmissionRefused):
    """A field breaks a rule."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class DocumentTooLarge(SubmissionRefused):
    """The document is longer than the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A document may have at most {limit} bytes.")
        self.limit = limit


class CurrentVersionMoved(SubmissionRefused):
    """`if_current_version` does not hold."""

    def __init__(self, current: int) -> None:
        super().__init__(f"The current version is {current}.")
        self.current = current


class SourceVersionReused(SubmissionRefused):
    """The same source version came with other bytes before."""

    def __init__(self, version_number: int) -> None:
        super().__init__(
            f"This source_version was handed in with other bytes before, as version"
            f" {version_number}: give new bytes a new one."
        )
        self.version_number = version_number


class DocumentUnknown(Exception):
    """There is no such document, version or collection for whoever asks."""


class QuarantineRefused(Exception):
    """The version is in quarantine already, is not in it, or is found by no search anyway."""


class NothingToRetry(Exception):
    """The version has not failed, so there is nothing to try again."""
