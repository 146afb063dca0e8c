"""One recorded story about documents of the collection `claims`, and everybody who may ask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.test import Client
from django.utils import timezone

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key, create_user
from provenance.accounts.models import Role, User
from provenance.cases.casework import open_case
from provenance.cases.events import QueueRule
from provenance.cases.queues import define_queue
from provenance.cases.reviewing import raise_finding
from provenance.eventstore.ids import new_id
from provenance.finding.models import SavedView
from provenance.finding.saved_views import save_view
from provenance.readers.guests import Scope
from provenance.readers.inviting import invite_guest
from provenance.review.commands import place_hold, request_erasure
from provenance.review.finding import Target
from tests.recording.stories import WAITING, ask, hand_in, output_of, prompt_of

PERSON = "person-4711"
APPLICATION = ("ingest,retrieve,record,read", None)
# Who asks, in the order of the letters of a row.
PEOPLE = ("administrator", "reviewer", "auditor", "kept out", "nobody")
KEYS = ("admin", "own application", "other application", "no key")


@dataclass(frozen=True)
class World:
    """`ids` by the name that addresses give them; of everybody the headers that say who asks."""

    ids: dict[str, Any]
    people: dict[str, dict[str, str]]
    keys: dict[str, dict[str, str]]


def build(run_work: Callable[[], None]) -> World:
    run_work()
    document = hand_in(WAITING.format(months=8), "dental", collection="claims")
    run_work()
    answer = ask(context={"user_ref": PERSON})
    prompt_id = prompt_of(answer)
    output_id = output_of(prompt_id, "The waiting period is 8 months.")
    run_work()
    target = Target("subject", subject=PERSON)
    erasure_id = request_erasure(target, reason="asked to", principal=SYSTEM_PRINCIPAL)
    held = Target("interaction", target_id=output_id)
    hold_id = place_hold(held, reason="a claim", principal=SYSTEM_PRINCIPAL)
    key, _ = create_api_key(principal=SYSTEM_PRINCIPAL, application="old")
    case_id, queue_id, finding_id = _casework(output_id)
    people = {name: _cookie(name) for name in PEOPLE}
    guest_id, secret = invite_guest(
        name="Auditors Ltd",
        scope=Scope(case_id=case_id),
        expires_at=timezone.now() + timedelta(days=7),
        redacted=False,
        principal=SYSTEM_PRINCIPAL,
    )
    run_work()
    return World(
        ids={
            "document_id": document.document_id,
            "version_id": document.version_id,
            "retrieval_id": UUID(answer["retrieval_id"]),
            "prompt_id": prompt_id,
            "output_id": output_id,
            "erasure_id": erasure_id,
            "release_id": uuid4(),
            "hold_id": hold_id,
            "event_id": UUID(answer["receipt"]["event_id"]),
            "user_id": User.objects.get(username="kept-out").pk,
            "key_id": key.pk,
            "generation": 1,
            "number": 1,
            "case_id": case_id,
            "queue_id": queue_id,
            "finding_id": finding_id,
            "chunk_id": UUID(answer["results"][0]["chunk_id"]),
            "guest_id": guest_id,
            "secret": secret,
            "view_id": _saved_view(),
            # A read model, and work that nothing waits for.
            "name": "interactions",
            "kind": "extract",
            "subject_id": document.version_id,
        },
        people=people,
        keys={
            "admin": _bearer("administration", "admin", None),
            "own application": _bearer("alice", *APPLICATION),
            "other application": _bearer("portal", "ingest,retrieve,record,read", ("public",)),
            "read only": _bearer("alice", "read", None),
            "ingest only": _bearer("alice", "ingest", None),
            "no key": {},
        },
    )


def taken_back(request: Callable[[], Any]) -> Any:
    """The answer to the request; whatever it recorded is taken back."""
    with transaction.atomic():
        answer = request()
        transaction.set_rollback(True)
    return answer


def _casework(output_id: UUID) -> tuple[UUID, UUID, UUID]:
    case_id, queue_id, finding_id = new_id(), new_id(), new_id()
    open_case(case_id=case_id, title="Dental", outputs=[output_id], principal=SYSTEM_PRINCIPAL)
    define_queue(
        queue_id=queue_id,
        name="Unsupported",
        rule=QueueRule(unsupported=True),
        principal=SYSTEM_PRINCIPAL,
    )
    raise_finding(
        output_id=output_id,
        finding_id=finding_id,
        statement="Which months?",
        severity="minor",
        principal=SYSTEM_PRINCIPAL,
    )
    return case_id, queue_id, finding_id


def _saved_view() -> UUID:
    """The administrator's own."""
    owner = User.objects.get(username="administrator")
    save_view(user_id=owner.pk, listed="outputs", name="Dental", query="q=dental")
    return UUID(str(SavedView.objects.get().pk))


def _cookie(name: str) -> dict[str, str]:
    if name == "nobody":
        return {}
    user = create_user(
        principal=SYSTEM_PRINCIPAL,
        username=name.replace(" ", "-"),
        password="a long enough pass phrase",  # noqa: S106
        role=Role.REVIEWER if name == "kept out" else Role(name),
        collections=("public",) if name == "kept out" else None,
    )
    client = Client()
    client.force_login(user)
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


def _bearer(application: str, scopes: str, collections: tuple[str, ...] | None) -> dict[str, str]:
    _, key = create_api_key(
        principal=SYSTEM_PRINCIPAL,
        application=application,
        scopes=scopes.split(","),
        collections=collections,
    )
    return {"Authorization": f"Bearer {key}"}
