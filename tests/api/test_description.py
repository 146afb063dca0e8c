"""OpenAPI 3.1 describes every operation, soundly, and people read it without the internet."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from provenance.api.urls import OPERATIONS
from tests.api.callers import json_of


@pytest.fixture(scope="module")
def description() -> Any:
    answer = Client().get("/api/v1/schema", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return json_of(answer)


def test_it_is_openapi_3_1_and_lists_every_operation_and_no_other(description: Any) -> None:
    assert description["openapi"].startswith("3.1")
    described = {(path, method) for path, item in description["paths"].items() for method in item}
    served = {
        ("/api/v1/" + re.sub(r"<[a-z]+:(\w+)>", r"{\1}", address), method)
        for address, operations in OPERATIONS.items()
        for method in operations
    }
    assert described == served


def test_every_schema_in_it_is_sound_and_every_reference_leads_somewhere(description: Any) -> None:
    schemas = description["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for reference in references(description):
        assert reference.removeprefix("#/components/schemas/") in schemas


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_operation_has_a_name_of_its_own_a_summary_and_its_problems(
    description: Any,
) -> None:
    operations = [each for item in description["paths"].values() for each in item.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"]
        assert operation["security"] == [{"apiKey": []}]
        unauthorized = operation["responses"]["401"]["content"]
        assert list(unauthorized) == ["application/problem+json"]


def test_what_a_body_requires_is_only_what_must_be_sent(description: Any) -> None:
    for item in description["paths"].values():
        for operation in item.values():
            for content in operation.get("requestBody", {"content": {}})["content"].values():
                schema = content["schema"]
                while "$ref" in schema:
                    name = schema["$ref"].rpartition("/")[2]
                    schema = description["components"]["schemas"][name]
                assert schema["additionalProperties"] is False
                for name in schema.get("required", ()):
                    assert "default" not in schema["properties"][name]


def test_the_page_for_people_loads_nothing_from_elsewhere() -> None:
    answer = Client().get("/api/v1/docs")
    assert answer.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', answer.content.decode())
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)
    assert "script-src 'self'" in answer["Content-Security-Policy"].split("; ")


def test_every_operation_says_what_it_answers(description: Any) -> None:
    for item in description["paths"].values():
        for operation in item.values():
            assert any(status.startswith("2") for status in operation["responses"]), operation
