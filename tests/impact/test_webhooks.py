"""Applications are told of stale answers by signed messages, each once, and nobody else is."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from provenance.eventstore import store
from provenance.impact.events import StaleAnswersTold
from provenance.impact.models import WebhookStanding
from provenance.impact.webhooks import telling
from provenance.impact.webhooks.endpoint import endpoints
from provenance.impact.webhooks.posting import NotTold, checked_address
from provenance.impact.webhooks.signature import read_secret, signed_headers
from tests.impact.receiver import Receiver, receiving
from tests.recording.stories import BOB, WAITING, ask, hand_in, output_of, prompt_of

Work = Callable[[], None]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  the specification's example
ANSWER = "The waiting period for dental treatment is 8 months."


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        hooks = [f"alice {found.address} {SECRET}"]
        with override_settings(WEBHOOKS=hooks, WEBHOOKS_LOOPBACK=True):
            yield found


def replace_wording(run_work: Work, months: int = 9) -> None:
    hand_in(WAITING.format(months=months), "dental")
    run_work()


def try_again_now() -> None:
    WebhookStanding.objects.update(next_try_at="2020-01-01T00:00Z")


def test_a_message_is_signed_as_the_specification_s_example_is() -> None:
    headers = signed_headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
        key=read_secret(SECRET),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.django_db
@pytest.mark.usefixtures("documents")
def test_an_application_is_told_of_its_own_answers_once(run_work: Work, receiver: Receiver) -> None:
    assert not telling.is_due()
    mine = output_of(prompt_of(ask()), ANSWER)
    output_of(prompt_of(ask(BOB), BOB), ANSWER, BOB)
    run_work()
    replace_wording(run_work)
    assert telling.is_due()

    telling.tell()
    telling.tell()

    (body,), (headers,) = receiver.bodies, receiver.headers
    told: dict[str, Any] = json.loads(body)
    (answer,) = told["data"]["answers"]
    assert told["type"] == "stale_answers.found"
    assert (answer["output_id"], answer["kind"]) == (str(mine), "replaced")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(read_secret(SECRET), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert not telling.is_due()
    (event,) = store.read_stream(telling.STREAM, types=[StaleAnswersTold])
    assert (event.data.webhook, event.data.application) == ("127.0.0.1", "alice")
    assert headers["webhook-id"] == f"msg_{event.event_id}"


@pytest.mark.django_db
@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("status", [302, 410, 500])
def test_who_did_not_take_a_message_is_sent_the_same_again(
    run_work: Work, receiver: Receiver, status: int
) -> None:
    telling.is_due()
    output_of(prompt_of(ask()), ANSWER)
    run_work()
    replace_wording(run_work)
    receiver.status = status
    telling.tell()
    (standing,) = WebhookStanding.objects.all()
    assert (standing.problem, standing.attempts) == (f"answered {status}", 1)
    assert not telling.is_due(), "it rests first"
    try_again_now()
    receiver.status = 200
    telling.tell()
    assert [each["webhook-id"] for each in receiver.headers] == [
        receiver.headers[0]["webhook-id"]
    ] * 2
    (standing,) = WebhookStanding.objects.all()
    assert (standing.problem, standing.told) == ("", 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("documents")
def test_many_answers_come_in_several_messages_without_a_gap(
    run_work: Work, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "ANSWERS_A_MESSAGE", 2)
    telling.is_due()
    answer = ask()
    mine = {output_of(prompt_of(answer), ANSWER) for _ in range(5)}
    run_work()
    replace_wording(run_work)
    telling.tell()
    sent = [each for body in receiver.bodies for each in json.loads(body)["data"]["answers"]]
    assert [len(json.loads(body)["data"]["answers"]) for body in receiver.bodies] == [2, 2, 1]
    assert sorted(each["output_id"] for each in sent) == sorted(map(str, mine))


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", False),
        ("localhost", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("169.254.169.254", True),
        ("fe80::1", True),
        ("0.0.0.0", True),  # noqa: S104
        ("224.0.0.1", True),
        ("no.such.host.invalid", True),
        ("a" * 70 + ".example", True),
    ],
)
def test_an_address_that_no_webhook_may_have_is_not_connected_to(host: str, loopback: bool) -> None:
    with pytest.raises(NotTold):
        checked_address(host, 443, loopback=loopback)
    assert checked_address("10.0.0.7", 443, loopback=False) == "10.0.0.7"


@pytest.mark.parametrize(
    "line",
    [
        "alice https://hook.example",
        f"alice http://hook.example {SECRET}",
        f"alice https://who:ever@hook.example {SECRET}",
        f"alice https:///path {SECRET}",
        "alice https://hook.example whsec_c2hvcnQ=",
        "alice https://hook.example whsec_%%%",
    ],
)
def test_a_webhook_that_is_named_wrongly_stops_the_start(line: str) -> None:
    with (
        override_settings(WEBHOOKS=[line], WEBHOOKS_LOOPBACK=False),
        pytest.raises(ImproperlyConfigured) as refusal,
    ):
        endpoints()
    assert SECRET not in str(refusal.value)
