"""PostgreSQL and Valkey from pip, for one machine without servers."""

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "provenance.embedded"
    label = "embedded"
