"""Which page opens for whom: one row for each address and method; a page without a row fails.

The letters stand for an administrator, a reviewer, an auditor, a reviewer who is kept out of the
story's collection, and nobody: `y` let in, `-` forbidden, `?` there is no such page, `s` sign in.
"""

import pytest
from django.test import Client
from django.urls import reverse

from provenance.pages import urls
from tests.roles.world import PEOPLE, World, taken_back

pytestmark = pytest.mark.django_db
TABLE: dict[str, str] = {
    "GET dashboard": "yyyys",
    "POST retry_work": "y---s",
    "GET outputs": "yyyys",
    "POST take_outputs": "yyyys",
    "GET trace": "yyy?s",
    "GET evidence": "yyy?s",
    "GET documents": "yyyys",
    "POST take_documents": "yyyys",
    "GET upload": "yy-ys",
    "POST upload": "yy-ys",
    "GET document": "yyy?s",
    "POST withdraw": "yy-?s",
    "GET compare": "yyy?s",
    "GET version": "yyy?s",
    "GET impact_of_document": "yyy?s",
    "GET impact_of_version": "yyy?s",
    "GET impact_of_passage": "yyy?s",
    "GET coverage": "yyy?s",
    "GET stale": "yyyys",
    "GET impact_of_model": "yyyys",
    "GET impact_of_template": "yyyys",
    "GET content": "yyy?s",
    # The story's version is no PDF; who sees the pages of one is tested with them.
    "GET page_picture": "????s",
    "POST quarantine_version": "yy-?s",
    "POST release_version": "yy-?s",
    "POST retry": "yy-?s",
    "GET reviews": "yyyys",
    "GET queues": "yyyys",
    "POST define_queue": "y---s",
    "POST retire_queue": "y---s",
    "GET cases": "yyyys",
    "POST open_case": "yy-ys",
    "GET case": "yyy?s",
    "GET evidence_of_case": "yyy?s",
    "POST add_to_case": "yy-?s",
    "POST assign_case": "yy-?s",
    "POST comment_on_case": "yy-?s",
    "POST hold_case": "y---s",
    "POST lift_hold": "y---s",
    "POST close_case": "yy-?s",
    "POST reopen_case": "yy-?s",
    "POST remove_from_case": "yy-?s",
    "GET review": "yyy?s",
    "POST assign_review": "yy-?s",
    "POST answer_rubric": "yy-?s",
    "POST raise_finding": "yy-?s",
    "POST resolve_finding": "yy-?s",
    "POST comment_on_output": "yy-?s",
    "POST sign_output": "yy-?s",
    "POST reopen_review": "yy-?s",
    "POST gather_output": "yy-?s",
    "GET erasures": "yyy?s",
    "GET new_erasure": "yy-?s",
    "POST new_erasure": "yy-?s",
    "GET erasure": "yyy?s",
    "POST approve_erasure": "y--?s",
    "POST reject_erasure": "yy-?s",
    "GET erasure_certificate": "????s",
    "GET holds": "yyy?s",
    "POST place_hold": "y--?s",
    "POST release_hold": "y--?s",
    "GET evidence_of_period": "yyy?s",
    "GET releases": "yyy?s",
    # Nothing is asked for in the story; releases are tested with what they do.
    "POST approve_release": "?--?s",
    "POST reject_release": "y--?s",
    "POST take_prompts": "yyyys",
    "GET prompts": "yyyys",
    "POST take_retrievals": "yyyys",
    "GET retrievals": "yyyys",
    "GET retrieval": "yyy?s",
    "POST reproduce": "yyy?s",
    "POST save_view": "????s",
    "POST remove_view": "y???s",
    "GET search": "yyyys",
    "GET time": "yyyys",
    "GET log": "yyy?s",
    "GET looked_at": "yyy?s",
    "GET event": "yyy?s",
    "GET event_proof": "yyy?s",
    "GET event_bytes": "yyy?s",
    "GET pipeline": "yyy?s",
    "POST retry_piece": "y--?s",
    "POST retry_parked": "y--?s",
    "POST rebuild_read_model": "y--?s",
    "POST stop_rebuild": "y--?s",
    "GET indexes": "yyy?s",
    "POST start_index": "y--?s",
    "POST decide_index": "?--?s",
    # No generation of the story reads anything anew; who sees one is tested with them.
    "GET reread_texts": "????s",
    "GET help": "yyyys",
    "GET reports": "yyy?s",
    "GET report_file": "yyy?s",
    "GET regulations": "yyy?s",
    "GET integrity": "yyy?s",
    "POST verify_now": "yyy?s",
    "GET login": "yyyyy",
    "POST login": "yyyyy",
    "POST logout": "sssss",
    "GET people": "y---s",
    "POST add_person": "y---s",
    "GET person": "y---s",
    "POST person": "y---s",
    "GET keys": "y---s",
    "POST add_key": "y---s",
    "POST revoke_key": "y---s",
    "GET guests": "yy-?s",
    "POST invite_guest": "yy-?s",
    "POST revoke_guest": "yy-?s",
    "GET guest_link": "yyyyy",
    "GET guest_outputs": "-----",
    "POST enter_guest": "?????",
    "POST leave_guest": "yyyyy",
    "GET guest_output": "-----",
    "GET guest_version": "-----",
    "GET guest_evidence": "-----",
    "GET guest_proof": "-----",
    "GET guest_bytes": "-----",
    "GET collections": "y---s",
    "POST add_collection": "y---s",
}
QUERIES = {"compare": "?a={version_id}&b={version_id}"}


def test_every_page_has_a_row() -> None:
    assert {row.partition(" ")[2] for row in TABLE} == {
        pattern.name for pattern in urls.urlpatterns
    }


def test_each_page_opens_for_those_who_may_see_it(world: World) -> None:
    found = {row: "".join(_letter(world, row, person) for person in PEOPLE) for row in TABLE}

    assert found == TABLE


def _letter(world: World, row: str, person: str) -> str:
    method, _, name = row.partition(" ")
    address = address_of(world, name)
    answer = taken_back(lambda: Client().generic(method, address, headers=world.people[person]))
    assert answer.status_code not in {405, 500}
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return "s"
    return {403: "-", 404: "?"}.get(answer.status_code, "y")


def address_of(world: World, name: str) -> str:
    (pattern,) = [each for each in urls.urlpatterns if each.name == name]
    wanted = pattern.pattern.regex.groupindex
    path = reverse(f"pages:{name}", kwargs={key: world.ids[key] for key in wanted})
    return path + QUERIES.get(name, "").format(**world.ids)
