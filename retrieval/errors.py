"""What can go wrong at the index.

RetrievalError
├── RequestRefused      the request asks for what cannot be: `field` says which part
├── CollectionNotFound  a collection that is not there, or not for this principal
├── IndexNotReady       no index generation is active yet: try again soon
├── IndexBehind         the index has not reached the position asked for: try again soon
├── GenerationNotFound  an index generation that was never made, or is not there any more
├── GenerationRefused   an index generation that cannot be treated so as it stands: `reason`
├── GenerationStopped   an index generation that was paused or ended while it was worked on
└── NotAsRecorded       an index generation that differs from the log: the first difference
"""


class RetrievalError(Exception):
    """The root of retrieval's errors."""


class RequestRefused(RetrievalError):
    """Part of the request cannot be answered."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class CollectionNotFound(RetrievalError):
    """There is no such collection, or this principal may not see it: both look the same."""

    def __init__(self, name: str) -> None:
        super().__init__("One of the collections is unknown.")
        self.name = name


class IndexNotReady(RetrievalError):
    """The index is being set up; try again in a few seconds."""

    def __init__(self) -> None:
        super().__init__(str(self.__doc__))


class IndexBehind(RetrievalError):
    """The index has not reached the position asked for; try again in a few seconds."""

    def __init__(self, asked: int, reached: int) -> None:
        super().__init__(f"The index stands at position {reached}, not yet at {asked}.")
        self.asked, self.reached = asked, reached


class GenerationNotFound(RetrievalError):
    """There is no such index generation, or nothing is left of it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no index generation {number} that could be searched.")
        self.number = number


class GenerationRefused(RetrievalError):
    """As the index generation stands, this cannot be done with it."""


class GenerationStopped(RetrievalError):
    """The index generation was paused or has ended: nothing more is to be done for it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Nothing more is to be done for index generation {number}.")


class NotAsRecorded(RetrievalError):
    """An index generation is not what the log says; the text names the first difference."""
