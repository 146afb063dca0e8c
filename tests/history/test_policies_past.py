"""Real policies with their real dates: every question about their past is answered right."""

from collections.abc import Callable

import pytest

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key
from tests.corpora import policies_past
from tests.corpora.conftest import corpus, whole_corpora
from tests.corpora.policies_past import Past
from tests.corpora.test_policies import Api

# The short ones, with deletions and rewordings among them.
SHORT_BYTES = 20_000


@pytest.mark.django_db
def test_the_past_of_real_policies_is_right(
    run_work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One load, many questions: loading is what takes the time."""
    _, key = create_api_key(principal=SYSTEM_PRINCIPAL, application="acceptance")
    files = sorted((corpus("policies-dev") / "docs").glob("*.jsonl"))
    monkeypatch.setattr(policies_past, "RETRIEVE_EVERY", 25)
    monkeypatch.setattr(policies_past, "LOOK_EVERY", 50)
    past = Past(Api(key).call, run_work)
    part = [file for file in files if whole_corpora() or file.stat().st_size < SHORT_BYTES]
    past.load(policies_past.entries_of(part))

    assert past.looks
    assert not policies_past.wrong_looks(past)
    assert policies_past.wrong_moments(past)[1] == []
    asked, wrong = policies_past.wrong_rewordings(past)
    assert (asked > 1, wrong) == (True, [])
    run_work()
    counts = policies_past.reproduced(past)
    assert {(verdict, whole, cause) for verdict, whole, cause, exact in counts if exact} == {
        ("identical", "identical", None)
    }
    assert all(
        cause == "approximate_search" or whole == "identical" for _, whole, cause, _ in counts
    )
