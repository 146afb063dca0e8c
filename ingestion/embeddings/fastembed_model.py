"""Any model that fastembed knows, by name; it is downloaded once, on first use."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from django.conf import settings
from fastembed import TextEmbedding

from ingestion.embeddings.onnx_batches import embed_sorted
from ingestion.embeddings.provider import (
    EmbedderUnavailable,
    UnknownEmbeddingModel,
    Vectors,
    digest_of,
    unit,
)

DECIDING_SUFFIXES = {".onnx", ".onnx_data", ".json", ".txt", ".model"}


class FastembedModel:
    """A fastembed model, with its own way for queries and for passages where it has two."""

    def __init__(self, model: str) -> None:
        self.name = f"fastembed:{model}"
        described = {each["model"].lower(): each for each in TextEmbedding.list_supported_models()}
        if model.lower() not in described:
            raise UnknownEmbeddingModel(self.name)
        self.dimensions = int(described[model.lower()]["dim"])
        try:
            self._model = TextEmbedding(
                model, threads=1, cache_dir=str(settings.RAGLEDGER_HOME / "models")
            )
        except (OSError, ValueError) as error:
            raise EmbedderUnavailable(f"The model {model} could not be loaded: {error}") from error

    @cached_property
    def digest(self) -> str:
        # fastembed names the folder nowhere else.
        folder = Path(vars(self._model.model)["_model_dir"])
        facts = []
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in DECIDING_SUFFIXES:
                with path.open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
                facts.append((path.relative_to(folder).as_posix(), found))
        return digest_of([("model", self.name), *facts])

    @cached_property
    def max_tokens(self) -> int:
        tokenizer = getattr(self._model.model, "tokenizer", None)
        truncation = tokenizer.truncation if tokenizer is not None else None
        return int(truncation["max_length"]) if truncation else 512

    def embed_query(self, text: str) -> Vectors:
        return unit(np.asarray(next(iter(self._model.query_embed([text]))), dtype=np.float32))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        found = embed_sorted(self._model.passage_embed, texts, dimensions=self.dimensions)
        return unit(found)
