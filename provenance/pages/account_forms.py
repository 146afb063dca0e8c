"""The forms of people, keys and collections."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy

from provenance.accounts.models import Collection, Role, Scope


class CollectionsField(forms.Form):
    """All collections, or the chosen ones."""

    everything = forms.BooleanField(
        required=False, initial=True, label=gettext_lazy("Every collection, also those to come")
    )
    collections = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Only these collections"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Collection.objects.order_by("name").values_list("name", flat=True)
        field = self.fields["collections"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(name, name) for name in names]

    def allowed(self) -> list[str] | None:
        """None means every collection."""
        return None if self.cleaned_data["everything"] else list(self.cleaned_data["collections"])


class PersonForm(CollectionsField):
    """What a person may do and see."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        initial=Role.REVIEWER,
        help_text=gettext_lazy(
            "Auditors read. Reviewers also hand in and withdraw documents. "
            "Administrators also manage access, and see every collection."
        ),
    )


class NewPersonForm(PersonForm):
    """A person who gets an account."""

    username = forms.CharField(max_length=150, label=gettext_lazy("User name"))
    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 8 characters, and not a common one."),
    )
    field_order = ("username", "password", "role")


class NewKeyForm(CollectionsField):
    """A key for an application."""

    application = forms.CharField(
        label=gettext_lazy("Application"),
        max_length=200,
        help_text=gettext_lazy("The name that every record will carry."),
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, scope.value) for scope in Scope],
        initial=[scope.value for scope in Scope if scope != Scope.ADMIN],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("May"),
    )
    field_order = ("application", "scopes")


class NewCollectionForm(forms.Form):
    """A collection: the unit of access."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=[(zone, zone) for zone in sorted(available_timezones())],
        initial="UTC",
        help_text=gettext_lazy("Effective dates without a time of day begin at midnight there."),
    )
