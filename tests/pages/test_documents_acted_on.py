"""What a document's page is asked to do when there is nothing to do."""

from collections.abc import Callable

import pytest

from provenance.accounts.models import Role
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import WAITING, hand_in

pytestmark = pytest.mark.django_db


def test_trying_again_what_did_not_fail_is_answered_with_a_sentence(
    run_work: Callable[[], None],
) -> None:
    run_work()
    handed_in = hand_in(WAITING.format(months=8), "dental")
    run_work()

    answer = signed_in("rita", Role.REVIEWER).post(
        f"/versions/{handed_in.version_id}/retry/", follow=True
    )

    assert answer.status_code == 200
    assert "Only a version that failed can be tried again." in answer.content.decode()
