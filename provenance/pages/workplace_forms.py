"""The forms of reviews, cases and queues."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, gettext_lazy

from provenance.accounts.models import User
from provenance.cases.access import EDITORS
from provenance.cases.events import QueueRule
from provenance.cases.queues import WHOLE
from provenance.cases.rubric import QUESTIONS
from provenance.cases.words import MAX_CHARACTERS, MAX_TITLE_CHARACTERS
from provenance.eventstore.ids import new_id

Choices = Sequence[tuple[str, str]]
ANSWERS = (
    ("yes", gettext_lazy("Yes")),
    ("no", gettext_lazy("No")),
    ("not_applicable", gettext_lazy("Does not apply")),
)
SEVERITIES = (
    ("minor", gettext_lazy("Minor")),
    ("major", gettext_lazy("Major")),
    ("critical", gettext_lazy("Critical")),
)
RESOLUTIONS = (
    ("corrected", gettext_lazy("It was put right")),
    ("accepted", gettext_lazy("It may stay as it is")),
    ("mistaken", gettext_lazy("It was no finding")),
)
MEANINGS = (
    ("approval", gettext_lazy("Approval: this answer may be relied on")),
    ("review", gettext_lazy("Review: I have read all of it")),
    ("rejection", gettext_lazy("Rejection: this answer must not be relied on")),
    ("responsibility", gettext_lazy("Responsibility: I answer for it")),
)
MOST_PEOPLE = 200
PER_CENT = 100


def editors() -> list[tuple[str, str]]:
    """Whom a review or a case may be assigned to."""
    people = User.objects.filter(is_active=True, role__in=EDITORS).order_by("username")
    return [(str(id_), name) for id_, name in people.values_list("id", "username")[:MOST_PEOPLE]]


def long_text(label: Any, *, required: bool = True, rows: int = 3) -> forms.CharField:
    """`label` is translated when it is shown."""
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

    assignee = forms.ChoiceField(required=False, label=gettext_lazy("Reviewer"))
    due_on = forms.DateField(
        required=False, label=gettext_lazy("Due on"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, people: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["assignee"].choices = [("", gettext("Nobody in particular")), *people]  # type: ignore[attr-defined]

    def person(self) -> UUID | None:
        chosen = self.cleaned_data["assignee"]
        return UUID(chosen) if chosen else None


class RubricForm(Told):
    """One choice for each question, and a note."""

    note = long_text(gettext_lazy("Note"), required=False, rows=2)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for question in QUESTIONS:
            self.fields[question.name] = forms.ChoiceField(
                label=gettext(question.text),
                help_text=gettext(question.help),
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
            self.add_error(None, gettext("Answer at least one question."))
        return cleaned


class Identified(Told):
    """A form that names what it makes, so that sending it twice makes it once."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)


class FindingForm(Identified):
    """What is wrong, how badly, and where."""

    statement = long_text(gettext_lazy("What is wrong"))
    severity = forms.ChoiceField(
        choices=SEVERITIES, initial="major", label=gettext_lazy("How badly")
    )
    sentence = forms.ChoiceField(required=False, label=gettext_lazy("In the sentence"))
    passage = forms.ChoiceField(required=False, label=gettext_lazy("About the passage"))

    def __init__(self, *args: Any, sentences: Choices, passages: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        whole = [("", gettext("The output as a whole")), *sentences]
        self.fields["sentence"].choices = whole  # type: ignore[attr-defined]
        self.fields["passage"].choices = [("", gettext("No passage")), *passages]  # type: ignore[attr-defined]

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

    resolution = forms.ChoiceField(choices=RESOLUTIONS, label=gettext_lazy("What became of it"))
    note = long_text(gettext_lazy("Why"), rows=2)


class CommentForm(Identified):
    """What somebody has to say."""

    text = long_text(gettext_lazy("Your comment"))


class SignForm(Told):
    """The signature: what it means, under which name, and the password again."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1_000_000)
    meaning = forms.ChoiceField(choices=MEANINGS, label=gettext_lazy("Your signature means"))
    printed_name = forms.CharField(
        max_length=MAX_TITLE_CHARACTERS,
        label=gettext_lazy("Printed name"),
        help_text=gettext_lazy("As it is to stand on the record."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    reason = long_text(gettext_lazy("Remark"), required=False, rows=2)
    password = forms.CharField(
        label=gettext_lazy("Your password again"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CaseForm(Identified):
    """What a case is about."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=MAX_TITLE_CHARACTERS,
        help_text=gettext_lazy("Do not name the person it is about: a case outlasts erasures."),
    )
    description = long_text(gettext_lazy("What it is about"), required=False)
    outputs = forms.CharField(
        required=False,
        label=gettext_lazy("Outputs"),
        max_length=40_000,
        help_text=gettext_lazy("Their ids, one a line. More can be added later."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def clean_outputs(self) -> list[UUID]:
        try:
            return [UUID(word) for word in self.cleaned_data["outputs"].replace(",", " ").split()]
        except ValueError as error:
            raise forms.ValidationError(gettext("Give the ids of outputs, one a line.")) from error


class ToCaseForm(Told):
    """Which output goes into the case."""

    output_id = forms.UUIDField(label=gettext_lazy("Id of the output"))


class QueueForm(Identified):
    """Which outputs a queue brings up; all that is given must hold."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=MAX_TITLE_CHARACTERS)
    unsupported = forms.BooleanField(
        required=False, label=gettext_lazy("With a sentence that nothing supports")
    )
    outdated = forms.BooleanField(
        required=False, label=gettext_lazy("On a source that is no longer current")
    )
    application = forms.CharField(
        label=gettext_lazy("Application"), required=False, max_length=MAX_TITLE_CHARACTERS
    )
    model = forms.CharField(
        label=gettext_lazy("Model"), required=False, max_length=MAX_TITLE_CHARACTERS
    )
    collection = forms.CharField(
        label=gettext_lazy("Collection"), required=False, max_length=MAX_TITLE_CHARACTERS
    )
    share = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=PER_CENT,
        decimal_places=4,
        label=gettext_lazy("Share of these, in per cent"),
        help_text=gettext_lazy("Drawn by hash: the same outputs every time. Empty: all of them."),
    )

    def clean_share(self) -> int | None:
        share = self.cleaned_data["share"]
        if share is None:
            return None
        millionths = int(share * WHOLE / PER_CENT)
        if not millionths:
            raise forms.ValidationError(gettext("A share is more than nothing."))
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
