"""The forms of reviews, cases and queues."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from provenance.accounts.models import User
from provenance.cases.access import EDITORS
from provenance.cases.events import QueueRule
from provenance.cases.queues import WHOLE
from provenance.cases.rubric import QUESTIONS
from provenance.cases.words import MAX_CHARACTERS, MAX_TITLE_CHARACTERS
from provenance.eventstore.ids import new_id

Choices = Sequence[tuple[str, str]]
ANSWERS = (("yes", "Yes"), ("no", "No"), ("not_applicable", "Does not apply"))
SEVERITIES = (("minor", "Minor"), ("major", "Major"), ("critical", "Critical"))
RESOLUTIONS = (
    ("corrected", "It was put right"),
    ("accepted", "It may stay as it is"),
    ("mistaken", "It was no finding"),
)
MEANINGS = (
    ("approval", "Approval: this answer may be relied on"),
    ("review", "Review: I have read all of it"),
    ("rejection", "Rejection: this answer must not be relied on"),
    ("responsibility", "Responsibility: I answer for it"),
)
MOST_PEOPLE = 200
PER_CENT = 100


def editors() -> list[tuple[str, str]]:
    """Whom a review or a case may be assigned to."""
    people = User.objects.filter(is_active=True, role__in=EDITORS).order_by("username")
    return [(str(id_), name) for id_, name in people.values_list("id", "username")[:MOST_PEOPLE]]


def long_text(label: str, *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class Told(forms.Form):
    """A form among others on its page: the ids of its fields begin with its own name."""

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, **more)


class AssignForm(Told):
    """Who is to do it, and by which day."""

    assignee = forms.ChoiceField(required=False, label="Reviewer")
    due_on = forms.DateField(
        required=False, label="Due on", widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, people: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["assignee"].choices = [("", "Nobody in particular"), *people]  # type: ignore[attr-defined]

    def person(self) -> UUID | None:
        chosen = self.cleaned_data["assignee"]
        return UUID(chosen) if chosen else None


class RubricForm(Told):
    """One choice for each question, and a note."""

    note = long_text("Note", required=False, rows=2)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for question in QUESTIONS:
            self.fields[question.name] = forms.ChoiceField(
                label=question.text,
                help_text=question.help,
                choices=ANSWERS,
                widget=forms.RadioSelect,
                required=False,
            )
        self.order_fields([question.name for question in QUESTIONS])

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[question.name] for question in QUESTIONS]

    def answers(self) -> dict[str, str]:
        given = {question.name: self.cleaned_data[question.name] for question in QUESTIONS}
        return {name: answer for name, answer in given.items() if answer}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(question.name) for question in QUESTIONS):
            self.add_error(None, "Answer at least one question.")
        return cleaned


class Identified(Told):
    """A form that names what it makes, so that sending it twice makes it once."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)


class FindingForm(Identified):
    """What is wrong, how badly, and where."""

    statement = long_text("What is wrong")
    severity = forms.ChoiceField(choices=SEVERITIES, initial="major", label="How badly")
    sentence = forms.ChoiceField(required=False, label="In the sentence")
    passage = forms.ChoiceField(required=False, label="About the passage")

    def __init__(self, *args: Any, sentences: Choices, passages: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        whole = [("", "The output as a whole"), *sentences]
        self.fields["sentence"].choices = whole  # type: ignore[attr-defined]
        self.fields["passage"].choices = [("", "No passage"), *passages]  # type: ignore[attr-defined]

    def place(self) -> dict[str, Any]:
        """The span of the sentence, and the ids of the passage."""
        found: dict[str, Any] = {}
        if self.cleaned_data["sentence"]:
            start, _, end = self.cleaned_data["sentence"].partition("-")
            found |= {"start": int(start), "end": int(end)}
        if self.cleaned_data["passage"]:
            version_id, _, chunk_id = self.cleaned_data["passage"].partition("/")
            found |= {"version_id": UUID(version_id), "chunk_id": UUID(chunk_id)}
        return found


class ResolveForm(Told):
    """What became of a finding."""

    resolution = forms.ChoiceField(choices=RESOLUTIONS, label="What became of it")
    note = long_text("Why", rows=2)


class CommentForm(Identified):
    """What somebody has to say."""

    text = long_text("Your comment")


class SignForm(Told):
    """The signature: what it means, under which name, and the password again."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1_000_000)
    meaning = forms.ChoiceField(choices=MEANINGS, label="Your signature means")
    printed_name = forms.CharField(
        max_length=MAX_TITLE_CHARACTERS,
        label="Printed name",
        help_text="As it is to stand on the record.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    reason = long_text("Remark", required=False, rows=2)
    password = forms.CharField(
        label="Your password again",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CaseForm(Identified):
    """What a case is about."""

    title = forms.CharField(
        max_length=MAX_TITLE_CHARACTERS,
        help_text="Do not name the person it is about: a case outlasts erasures.",
    )
    description = long_text("What it is about", required=False)
    outputs = forms.CharField(
        required=False,
        label="Outputs",
        max_length=40_000,
        help_text="Their ids, one a line. More can be added later.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def clean_outputs(self) -> list[UUID]:
        try:
            return [UUID(word) for word in self.cleaned_data["outputs"].replace(",", " ").split()]
        except ValueError as error:
            raise forms.ValidationError("Give the ids of outputs, one a line.") from error


class ToCaseForm(Told):
    """Which output goes into the case."""

    output_id = forms.UUIDField(label="Id of the output")


class QueueForm(Identified):
    """Which outputs a queue brings up; all that is given must hold."""

    name = forms.CharField(max_length=MAX_TITLE_CHARACTERS)
    unsupported = forms.BooleanField(required=False, label="With a sentence that nothing supports")
    outdated = forms.BooleanField(required=False, label="On a source that is no longer current")
    application = forms.CharField(required=False, max_length=MAX_TITLE_CHARACTERS)
    model = forms.CharField(required=False, max_length=MAX_TITLE_CHARACTERS)
    collection = forms.CharField(required=False, max_length=MAX_TITLE_CHARACTERS)
    share = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=PER_CENT,
        decimal_places=4,
        label="Share of these, in per cent",
        help_text="Drawn by hash: the same outputs every time. Empty: all of them.",
    )

    def clean_share(self) -> int | None:
        share = self.cleaned_data["share"]
        if share is None:
            return None
        millionths = int(share * WHOLE / PER_CENT)
        if not millionths:
            raise forms.ValidationError("A share is more than nothing.")
        return millionths

    def rule(self) -> QueueRule:
        cleaned = self.cleaned_data
        return QueueRule(
            unsupported=cleaned["unsupported"],
            outdated=cleaned["outdated"],
            application=cleaned["application"] or None,
            model=cleaned["model"] or None,
            collection=cleaned["collection"] or None,
            share=cleaned["share"],
        )
