"""Which operation answers to which key: one row for each; an operation without a row fails.

The letters stand for a key with the scope `admin`, a key of the application that recorded the
story, a key of another application that may see another collection, and no key: `y` let in,
`-` forbidden, `?` unknown, `k` asked for a key.
"""

import json
import re
from typing import Any

import pytest
from django.test import Client

from provenance.api.urls import OPERATIONS
from tests.roles.world import KEYS, World, taken_back

pytestmark = pytest.mark.django_db
TABLE: dict[str, str] = {
    "GET documents": "yyyk",
    "POST documents": "yyyk",
    "GET documents/<uuid:document_id>": "yy?k",
    "POST documents/<uuid:document_id>/withdrawal": "yy?k",
    "GET versions/<uuid:version_id>": "yy?k",
    "POST versions/<uuid:version_id>/retry": "yy?k",
    "POST versions/<uuid:version_id>/quarantine": "yyyk",
    "POST versions/<uuid:version_id>/release": "yyyk",
    "GET versions/<uuid:version_id>/content": "yy?k",
    "GET versions/<uuid:version_id>/text": "yy?k",
    "GET versions/<uuid:version_id>/chunks": "yy?k",
    "POST retrievals": "yyyk",
    "GET versions/<uuid:version_id>/outputs": "yy?k",
    "GET documents/<uuid:document_id>/outputs": "yy?k",
    "POST retrievals/reported": "yyyk",
    "POST prompts": "yyyk",
    "GET prompts/<uuid:prompt_id>": "yy?k",
    "GET evidence": "yyyk",
    "GET outputs": "yyyk",
    "POST outputs": "yyyk",
    "GET outputs/<uuid:output_id>": "yy?k",
    "GET outputs/<uuid:output_id>/trace": "yy?k",
    "GET outputs/<uuid:output_id>/evidence": "yy?k",
    "GET outputs/<uuid:output_id>/prov": "yy?k",
    "GET stale-answers": "yyyk",
    "POST records": "yyyk",
    "GET retrievals/<uuid:retrieval_id>": "yy?k",
    "GET knowledge": "yyyk",
    "GET knowledge/diff": "yyyk",
    "POST retrievals/<uuid:retrieval_id>/reproduction": "yy?k",
    "GET retrievals/<uuid:retrieval_id>/why-not": "yy?k",
    "POST retrievals/<uuid:retrieval_id>/counterfactual": "yy?k",
    "POST retrievals/<uuid:retrieval_id>/bisection": "yy?k",
    "GET events": "yyyk",
    "GET events/<uuid:event_id>": "yy?k",
    "GET events/<uuid:event_id>/proof": "yy?k",
    "GET checkpoints": "yyyk",
    "POST checkpoints": "y--k",
    "GET consistency": "yyyk",
    "GET index-generations": "y--k",
    "POST index-generations": "y--k",
    "POST index-generations/<int:generation>/activation": "y--k",
    "POST index-generations/<int:generation>/cancellation": "y--k",
    "POST index-generations/<int:generation>/pause": "y--k",
    "POST index-generations/<int:generation>/resumption": "y--k",
    "POST index-generations/<int:generation>/verification": "y--k",
    "POST index-generations/<int:generation>/drop": "y--k",
    "GET index-generations/<int:generation>/comparison": "y--k",
    "GET read-models": "y--k",
    "POST read-models/<slug:name>/rebuild": "y--k",
    "POST read-models/<slug:name>/rebuild/cancellation": "?--k",
    "GET erasures": "y--k",
    "POST erasures": "y--k",
    "POST erasures/preview": "y--k",
    "GET erasures/<uuid:erasure_id>": "y--k",
    "POST erasures/<uuid:erasure_id>/approval": "y--k",
    "POST erasures/<uuid:erasure_id>/rejection": "y--k",
    "GET erasures/<uuid:erasure_id>/certificate": "?--k",
    "GET reviews": "yyyk",
    "GET reviews/<uuid:output_id>": "yy?k",
    "POST reviews/<uuid:output_id>/answers": "y--k",
    "POST reviews/<uuid:output_id>/findings": "y--k",
    "POST reviews/<uuid:output_id>/findings/<uuid:finding_id>/resolution": "y--k",
    "POST reviews/<uuid:output_id>/comments": "y--k",
    "GET cases": "yyyk",
    "POST cases": "y--k",
    "GET cases/<uuid:case_id>": "yy?k",
    "GET cases/<uuid:case_id>/evidence": "yy?k",
    "POST cases/<uuid:case_id>/outputs": "y--k",
    "POST cases/<uuid:case_id>/hold": "y--k",
    "POST cases/<uuid:case_id>/release": "y--k",
    "POST cases/<uuid:case_id>/end": "y--k",
    "POST cases/<uuid:case_id>/reopening": "y--k",
    "POST cases/<uuid:case_id>/outputs/<uuid:output_id>/removal": "y--k",
    "GET holds": "y--k",
    "POST holds": "y--k",
    "POST holds/<uuid:hold_id>/release": "y--k",
}
# What an operation has to be given before it looks for what it is about.
BODIES: dict[str, dict[str, Any]] = {
    "POST documents/<uuid:document_id>/withdrawal": {"reason": "outdated"},
}
QUERIES = {
    "GET retrievals/<uuid:retrieval_id>/why-not": "?document_id={document_id}",
}


def test_every_operation_has_a_row() -> None:
    assert set(TABLE) == {f"{m.upper()} {a}" for a, methods in OPERATIONS.items() for m in methods}


def test_each_operation_answers_to_those_who_may_ask(world: World) -> None:
    found = {row: "".join(_letter(world, row, key) for key in KEYS) for row in TABLE}

    assert found == TABLE


def test_no_operation_answers_to_a_key_without_its_scope(world: World) -> None:
    found = {row: _letter(world, row, _without_scope(row)) for row in TABLE}

    assert found == dict.fromkeys(TABLE, "-")


def _without_scope(row: str) -> str:
    method, _, address = row.partition(" ")
    scope = OPERATIONS[address][method.lower()].scope
    return "ingest only" if scope == "read" else "read only"


def _letter(world: World, row: str, key: str) -> str:
    method, _, path = row.partition(" ")
    path = re.sub(r"<\w+:(\w+)>", lambda each: str(world.ids[each[1]]), path)
    body, query = json.dumps(BODIES.get(row, {})), QUERIES.get(row, "")
    answer = taken_back(
        lambda: Client().generic(
            method,
            f"/api/v1/{path}{query.format(**world.ids)}",
            b"" if method == "GET" else body,
            content_type="application/json",
            headers=world.keys[key],
        )
    )
    assert answer.status_code not in {405, 500}
    return {401: "k", 403: "-", 404: "?"}.get(answer.status_code, "y")
