"""The questions that every review answers; another list is another version."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

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
        gettext_noop("Is every statement supported?"),
        gettext_noop("Each sentence stands in a passage, or needs no source."),
    ),
    Question(
        "right_sources",
        gettext_noop("Were these the right sources, in the right version?"),
        gettext_noop("Nothing outdated, withdrawn or beside the point."),
    ),
    Question(
        "complete",
        gettext_noop("Does it leave out nothing that matters?"),
        gettext_noop("Conditions, exceptions and limits that the sources name."),
    ),
    Question(
        "fit",
        gettext_noop("May it be said like this, to this person?"),
        gettext_noop("Tone, promises, personal data."),
    ),
)
NAMES = tuple(question.name for question in QUESTIONS)
