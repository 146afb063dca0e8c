"""The form of an invitation."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from provenance.cases.models import CaseEntry
from provenance.readers.guests import MOST_DAYS, Scope
from provenance.readers.inviting import MAX_NAME_CHARACTERS

MOST_CASES = 200
DAY = {"type": "date"}


class InvitationForm(forms.Form):
    """Who, what, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_NAME_CHARACTERS,
        help_text=gettext_lazy(
            "Whom you send the link to. Every look of theirs is recorded under this name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    what = forms.ChoiceField(
        choices=(
            ("case", gettext_lazy("The outputs of a case")),
            ("range", gettext_lazy("Outputs recorded in a range of time")),
        ),
        widget=forms.RadioSelect,
        label=gettext_lazy("May read"),
        initial="case",
    )
    case = forms.ChoiceField(required=False, label=gettext_lazy("Case"))
    since = forms.DateField(
        required=False, label=gettext_lazy("From"), widget=forms.DateInput(attrs=DAY)
    )
    until = forms.DateField(
        required=False, label=gettext_lazy("To the end of"), widget=forms.DateInput(attrs=DAY)
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        initial=14,
        label=gettext_lazy("Opens for so many days"),
        help_text=format_lazy(
            gettext_lazy("At most {days}. You can revoke it at any time."), days=MOST_DAYS
        ),
    )
    redacted = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy(
            "Redacted: withhold who asked and about whom, mask addresses and numbers"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = CaseEntry.objects.order_by("-position")[:MOST_CASES]
        field = self.fields["case"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", gettext("Choose a case"))] + [
            (str(each.case_id), each.title or str(each.case_id)) for each in newest
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") == "case":
            if not cleaned.get("case"):
                self.add_error("case", gettext("Choose the case."))
        else:
            self._check_range(cleaned)
        return cleaned

    def _check_range(self, cleaned: dict[str, Any]) -> None:
        since, until = cleaned.get("since"), cleaned.get("until")
        if since is None:
            self.add_error("since", gettext("Give the first day."))
        if until is None:
            self.add_error("until", gettext("Give the last day."))
        if since and until and until < since:
            self.add_error("until", gettext("The last day lies before the first."))

    def scope(self) -> Scope:
        """Days are those of UTC; the last one is meant to its end."""
        cleaned = self.cleaned_data
        if cleaned["what"] == "case":
            return Scope(case_id=UUID(cleaned["case"]))
        first, last = (
            datetime.combine(cleaned[name], time.min, UTC) for name in ("since", "until")
        )
        return Scope(since=first, until=last + timedelta(days=1))
