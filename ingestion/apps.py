"""Documents and versions: submit, extract, chunk, embed."""

import os

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    name = "ingestion"
    label = "ingestion"

    def ready(self) -> None:
        # Tokenizer threads do not survive the fork of a worker, and gain nothing on short texts.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from ingestion import work
        from ingestion.embeddings import registry

        assert work  # noqa: S101  registers its kinds of work
        registry.refuse_unknown()
