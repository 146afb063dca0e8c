"""The pages of reviewers and administrators."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "provenance.pages"
    label = "pages"
