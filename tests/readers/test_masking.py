"""What looks like the address or number of a person is masked, and every offset stays."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.readers.masking import MASK, masked
from provenance.readers.redaction import redacted

TEXTS = st.text(alphabet=string.ascii_letters + string.digits + " .,@+-/()\n█ü%'_", max_size=200)


@pytest.mark.parametrize(
    "secret",
    [
        "anna.berg@example.com",
        "o'neil+claims@mail.example.co.uk",
        "müller@beispiel.de",
        "+49 30 1234567",
        "(030) 123 45 67",
        "0170-1234567",
        "DE89 3704 0044 0532 0130 00",
        "GB29NWBK60161331926819",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "123456789",
        "2024-00123456",
    ],
)
def test_addresses_and_numbers_of_people_are_masked(secret: str) -> None:
    told = f"Reach the customer at {secret}, please."
    shown = masked(told)
    assert shown == "Reach the customer at " + shown[22 : 22 + len(secret)] + ", please."
    assert sum(each.isdigit() for each in shown) == 0
    assert "@" not in shown
    assert shown.count(MASK) >= len(secret) - 1


@pytest.mark.parametrize(
    "told",
    [
        "The waiting period is 8 months, up to EUR 50,000 in each year.",
        "Valid from 2024-03-01 to 31.12.2025, see section 12.4.",
        "On 1/2/2024 and 2024-01-01 2025-01-01.",
        "Call the desk @ noon.",
        "",
    ],
)
def test_words_amounts_and_dates_stay(told: str) -> None:
    assert masked(told) == told


@given(TEXTS)
def test_the_length_stays_and_masking_again_changes_nothing(told: str) -> None:
    shown = masked(told)
    assert len(shown) == len(told)
    assert masked(shown) == shown
    assert all(new in {old, MASK} for old, new in zip(told, shown, strict=True))


@given(st.text(max_size=50), st.from_regex(r"[0-9]{7,30}", fullmatch=True), st.text(max_size=50))
def test_no_long_run_of_digits_is_left(before: str, digits: str, after: str) -> None:
    assert digits not in masked(f"{before} {digits} {after}")


@pytest.mark.parametrize("piece", ["a", "1 ", "a.", "1-", "@", "DE89 ", "2024-01-", "(1) ", "+"])
def test_hostile_texts_take_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        told = piece * times
        begun = time.process_time()
        masked(told)
        return time.process_time() - begun

    seconds(10_000)
    assert seconds(400_000) < 40 * max(seconds(40_000), 0.005)


def test_redaction_masks_every_text_and_withholds_who_asked() -> None:
    id_ = "01a22e8e-90a7-74cc-b21c-0e9c3c16bcae"
    told = {
        "context": {"user_ref": "anna", "tags": ["vip"]},
        "actor": {"type": "api_key", "id": id_},
        "output_id": id_,
        "position": 1234567890,
        "messages": [
            {"content": "Write to anna@example.com", "tool_calls": [{"a": "0170 1234567"}]}
        ],
        "content_sha256": "1234567890" * 6,
        "score": 0.5,
    }
    shown = redacted(told)
    assert shown == {
        "output_id": id_,
        "position": 1234567890,
        "messages": [{"content": "Write to " + MASK * 16, "tool_calls": [{"a": MASK * 12}]}],
        "content_sha256": "1234567890" * 6,
        "score": 0.5,
    }
