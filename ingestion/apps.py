"""Documents and versions: submit, extract, chunk, embed."""

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    name = "ingestion"
    label = "ingestion"
