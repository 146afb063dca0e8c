"""The forms of erasures and holds."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, gettext_lazy

from provenance.review.finding import Target

SCOPES = (
    ("subject", gettext_lazy("A person or a case")),
    ("document", gettext_lazy("A document")),
    ("interaction", gettext_lazy("One output, with its prompt and retrievals")),
)
EXAMPLE_ID = "0190a6a8-7b1c-7c3e-9d50-0242ac120002"
REASON_HELP = gettext_lazy("It stays in the log. Do not name the person or quote the text.")


class TargetForm(forms.Form):
    """What is meant: a person or case by the reference that applications give, or a thing."""

    scope = forms.ChoiceField(choices=SCOPES, widget=forms.RadioSelect, label=gettext_lazy("What"))
    reference = forms.CharField(
        max_length=500,
        label=gettext_lazy("Reference or id"),
        help_text=gettext_lazy(
            "A person's or case's reference exactly as applications report it (user_ref,"
            " subject_refs), or the id of the document or output."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("scope") in {"document", "interaction"} and cleaned.get("reference"):
            try:
                cleaned["target_id"] = UUID(cleaned["reference"].strip())
            except ValueError:
                self.add_error(
                    "reference",
                    gettext("An id looks like %(example_id)s.") % {"example_id": EXAMPLE_ID},
                )
        return cleaned

    def target(self) -> Target:
        cleaned = self.cleaned_data
        if cleaned["scope"] == "subject":
            return Target("subject", subject=cleaned["reference"])
        return Target(
            cleaned["scope"],
            target_id=cleaned["target_id"],
            with_interactions=bool(
                cleaned["scope"] == "document" and cleaned.get("with_interactions")
            ),
        )


class ErasureForm(TargetForm):
    """What to erase, and what goes along."""

    with_interactions = forms.BooleanField(
        required=False,
        label=gettext_lazy("With a document: also erase the interactions that hold its words"),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=4000,
        help_text=REASON_HELP,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HoldForm(TargetForm, ReasonForm):
    """What must not be erased, and why."""

    field_order = ("scope", "reference", "reason")
