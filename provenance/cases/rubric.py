"""The questions that every review answers; another list is another version."""

from dataclasses import dataclass

NAME = "answer/1"


@dataclass(frozen=True)
class Question:
    """A question as events name it, and as people read it."""

    name: str
    text: str
    help: str


QUESTIONS = (
    Question(
        "supported",
        "Is every statement supported?",
        "Each sentence stands in a passage, or needs no source.",
    ),
    Question(
        "right_sources",
        "Were these the right sources, in the right version?",
        "Nothing outdated, withdrawn or beside the point.",
    ),
    Question(
        "complete",
        "Does it leave out nothing that matters?",
        "Conditions, exceptions and limits that the sources name.",
    ),
    Question(
        "fit",
        "May it be said like this, to this person?",
        "Tone, promises, personal data.",
    ),
)
NAMES = tuple(question.name for question in QUESTIONS)
