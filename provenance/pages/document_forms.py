"""The forms of documents: handing in, and withdrawing."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

DATE = {"placeholder": "2026-03-01", "autocomplete": "off"}
DATE_HELP = "A day, or a time with its offset; empty: {}."


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

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    effective_from = forms.CharField(
        required=False,
        label="From",
        help_text=DATE_HELP.format("at once"),
        widget=forms.TextInput(attrs=DATE),
    )


class QuarantineForm(forms.Form):
    """Why a version is doubted, or doubted no longer."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class UploadForm(forms.Form):
    """Documents to hand in, described alike."""

    # The name of the form part; the attribute of the same name is no use of this form.
    files = FilesField(label="Files", allow_empty_file=True)  # type: ignore[assignment]
    collection = forms.CharField(
        initial="default",
        max_length=200,
        widget=forms.TextInput(attrs={"list": "collections", "autocomplete": "off"}),
    )
    external_id = forms.CharField(
        required=False,
        max_length=1000,
        label="External id",
        help_text="Your own name of the document; with several files, each file's name is used.",
    )
    title = forms.CharField(
        required=False, max_length=1000, help_text="Empty: as the document itself says."
    )
    effective_from = forms.CharField(
        required=False,
        label="Effective from",
        help_text=DATE_HELP.format("always"),
        widget=forms.TextInput(attrs=DATE),
    )
    effective_until = forms.CharField(
        required=False,
        label="Effective until",
        help_text=DATE_HELP.format("without end") + " That day no longer counts.",
        widget=forms.TextInput(attrs=DATE),
    )
