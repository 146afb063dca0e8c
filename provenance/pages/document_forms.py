"""The forms of documents: handing in, and withdrawing."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

DATE = {"placeholder": "2026-03-01", "autocomplete": "off"}


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in given]


class WithdrawalForm(forms.Form):
    """Why a document no longer counts, and from when on."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    effective_from = forms.CharField(
        required=False,
        label=gettext_lazy("From"),
        help_text=gettext_lazy("A day, or a time with its offset; empty: at once."),
        widget=forms.TextInput(attrs=DATE),
    )


class QuarantineForm(forms.Form):
    """Why a version is doubted, or doubted no longer."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class UploadForm(forms.Form):
    """Documents to hand in, described alike."""

    # The name of the form part; the attribute of the same name is no use of this form.
    files = FilesField(label=gettext_lazy("Files"), allow_empty_file=True)  # type: ignore[assignment]
    collection = forms.CharField(
        label=gettext_lazy("Collection"),
        initial="default",
        max_length=200,
        widget=forms.TextInput(attrs={"list": "collections", "autocomplete": "off"}),
    )
    external_id = forms.CharField(
        required=False,
        max_length=1000,
        label=gettext_lazy("External id"),
        help_text=gettext_lazy(
            "Your own name of the document; with several files, each file's name is used."
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Empty: as the document itself says."),
    )
    effective_from = forms.CharField(
        required=False,
        label=gettext_lazy("Effective from"),
        help_text=gettext_lazy("A day, or a time with its offset; empty: always."),
        widget=forms.TextInput(attrs=DATE),
    )
    effective_until = forms.CharField(
        required=False,
        label=gettext_lazy("Effective until"),
        help_text=gettext_lazy(
            "A day, or a time with its offset; empty: without end. That day no longer counts."
        ),
        widget=forms.TextInput(attrs=DATE),
    )
