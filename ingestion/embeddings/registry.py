"""Finds an embedding model by its name and keeps it loaded for the life of the process."""

from collections.abc import Callable
from importlib import import_module
from threading import Lock

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ingestion.embeddings.provider import Embedder, UnknownEmbeddingModel

# Modules are imported when first needed: loading ONNX before a worker forks would break it.
BUNDLED = {"minilm": ("minilm", "MiniLm"), "hash-test": ("hash_test", "HashTest")}
PROVIDERS = {
    "fastembed": ("fastembed_model", "FastembedModel"),
    "openai": ("openai_compatible", "OpenAiCompatible"),
    "bedrock": ("bedrock", "BedrockTitan"),
}

_loaded: dict[str, Embedder] = {}
_loading = Lock()


def embedder(name: str | None = None) -> Embedder:
    """The model of that name, else the one in the settings. Raises UnknownEmbeddingModel."""
    name = name or settings.EMBEDDING_MODEL
    if name not in _loaded:
        with _loading:
            if name not in _loaded:
                _loaded[name] = _factory(name)()
    return _loaded[name]


def refuse_unknown() -> None:
    """Raises ImproperlyConfigured unless the settings name an embedding model that there is."""
    try:
        _place(settings.EMBEDDING_MODEL)
    except UnknownEmbeddingModel as error:
        raise ImproperlyConfigured(f"RAGLEDGER_EMBEDDING_MODEL: {error}") from error


def _factory(name: str) -> Callable[[], Embedder]:
    module, cls, arguments = _place(name)
    made = getattr(import_module(f"ingestion.embeddings.{module}"), cls)
    return lambda: made(*arguments)


def _place(name: str) -> tuple[str, str, tuple[str, ...]]:
    """The module, the class and what it is made with. Raises UnknownEmbeddingModel."""
    if name in BUNDLED:
        return *BUNDLED[name], ()
    provider, _, model = name.partition(":")
    if provider in PROVIDERS and model:
        return *PROVIDERS[provider], (model,)
    raise UnknownEmbeddingModel(name)
