"""Parsers: strict JSON, and multipart whose form parts carry the same fields."""

import io
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from rest_framework.parsers import BaseParser

from provenance.api import strict_json
from provenance.api.bodies import read_body
from provenance.api.problems import BadField, Invalid

# Decodes every byte to one character, so that the bytes of a form part can be had back.
TRANSPARENT = "latin-1"


class JsonParser(BaseParser):
    """`application/json`, read strictly and bounded by the view's `max_body_bytes`."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],  # noqa: ARG002 - the body is read from the request, with its limit
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return strict_json.loads(_body(parser_context))


class FormParser(BaseParser):
    """`multipart/form-data` as the mapping that JSON would give, and the part `file` as itself.

    `json_parts` of the view names the parts that hold JSON: objects and numbers.
    """

    media_type = "multipart/form-data"

    def parse(
        self,
        stream: IO[Any],  # noqa: ARG002 - the body is read from the request, with its limit
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = _body(parser_context)
        meta = {"CONTENT_TYPE": media_type or "", "CONTENT_LENGTH": str(len(body))}
        try:
            fields, files = _Utf8Names(
                meta, io.BytesIO(body), [_MemoryUpload()], TRANSPARENT
            ).parse()
        except (
            MultiPartParserError,
            RequestDataTooBig,
            TooManyFieldsSent,
            TooManyFilesSent,
        ) as error:
            raise Invalid([BadField((), f"not valid multipart: {error}")]) from error
        json_parts = (parser_context or {})["view"].json_parts
        return _once(
            {
                **{
                    name: [_value(name, text, json_parts) for text in texts]
                    for name, texts in fields.lists()
                },
                **dict(files.lists()),
            }
        )


class _Utf8Names(DjangoMultiPartParser):
    """Reads the names of files as UTF-8, before what is not fit for a name is taken out."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        utf8 = file_name.encode(TRANSPARENT).decode(errors="replace")
        name: str | None = super().sanitize_file_name(utf8)
        return name


class _MemoryUpload(FileUploadHandler):
    """Keeps a file's bytes in memory: they are bounded, and nothing is written on a web host."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._pieces: list[bytes] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        self._pieces.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        return InMemoryUploadedFile(
            io.BytesIO(b"".join(self._pieces)),
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


def _body(parser_context: Mapping[str, Any] | None) -> bytes:
    context = parser_context or {}
    return read_body(context["request"]._request, limit=context["view"].max_body_bytes)  # noqa: SLF001


def _value(name: str, text: str, json_parts: frozenset[str]) -> Any:
    raw = text.encode(TRANSPARENT)
    if name in json_parts:
        return strict_json.loads(raw, at=(name,))
    try:
        decoded = raw.decode()
    except UnicodeDecodeError as error:
        raise Invalid([BadField((name,), "is not UTF-8")]) from error
    if "\0" in decoded:
        raise Invalid([BadField((name,), "contains the character U+0000")])
    return decoded


def _once(parts: Mapping[str, list[Any]]) -> dict[str, Any]:
    repeated = [
        BadField((name,), "is given more than once") for name in parts if len(parts[name]) > 1
    ]
    if repeated:
        raise Invalid(repeated)
    return {name: values[0] for name, values in parts.items()}
