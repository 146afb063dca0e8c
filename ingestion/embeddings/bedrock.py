"""Amazon Bedrock's Titan text embeddings; needs `pip install ragledger[bedrock]`."""

import json
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from ingestion.embeddings.provider import (
    EmbedderRefused,
    EmbedderUnavailable,
    Vectors,
    digest_of,
    unit,
)

WORTH_RETRYING = {
    "ThrottlingException",
    "ModelTimeoutException",
    "ModelNotReadyException",
    "ServiceUnavailableException",
    "InternalServerException",
}


class BedrockTitan:
    """A Titan model by its Bedrock id, such as amazon.titan-embed-text-v2:0."""

    max_tokens = 8192

    def __init__(self, model: str) -> None:
        self.name = f"bedrock:{model}"
        self._model = model
        try:
            self._client: Any = import_module("boto3").client("bedrock-runtime")
            self._failures: Any = import_module("botocore.exceptions")
        except ImportError as error:
            raise EmbedderRefused(
                "bedrock: models need boto3: pip install 'ragledger[bedrock]'."
            ) from error

    @cached_property
    def dimensions(self) -> int:
        return len(self.embed_query("dimensions"))

    @cached_property
    def digest(self) -> str:
        region = self._client.meta.region_name
        return digest_of(
            [("model", self.name), ("region", region), ("dimensions", str(self.dimensions))]
        )

    def embed_query(self, text: str) -> Vectors:
        return unit(np.array(self._invoke(text), dtype=np.float32))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return np.stack([self.embed_query(text) for text in texts])

    def _invoke(self, text: str) -> list[float]:
        try:
            answer = self._client.invoke_model(
                modelId=self._model, body=json.dumps({"inputText": text})
            )
        except self._failures.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in WORTH_RETRYING:
                raise EmbedderUnavailable(f"{self.name}: {code}") from error
            raise EmbedderRefused(f"{self.name}: {code}") from error
        except self._failures.BotoCoreError as error:
            raise EmbedderUnavailable(f"{self.name} does not answer.") from error
        found: list[float] = json.loads(answer["body"].read())["embedding"]
        return found
