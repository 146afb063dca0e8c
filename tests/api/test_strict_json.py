"""Bodies are read strictly, and every fault has a place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.api import strict_json
from provenance.api.problems import Problem

REFUSED = {
    "NUL in a value": (b'{"a":["x\\u0000"]}', "#/a/0"),
    "NUL in a name": (b'{"a":{"\\u0000":1}}', "#/a"),
    "a lone surrogate": (b'{"a":{"b/c":"\\ud800"}}', "#/a/b~1c"),
    "a lone surrogate in a name": (b'{"\\udc00":1}', "#"),
    "a name given twice": (b'{"a":1,"a":1}', "#/a"),
    "not a number": (b'{"a":NaN}', "#"),
    "an endless number": (b'{"a":1e999}', "#"),
    "half a body": (b'{"a":', "#"),
    "two bodies": (b"{}{}", "#"),
    "no body": (b"", "#"),
    "not UTF-8": (b'{"a":"\xff"}', "#"),
    "an encoded surrogate": (b'"\xed\xa0\x80"', "#"),
    "deep lists": (b"[" * 65 + b"]" * 65, "#"),
    "very deep lists": (b"[" * 100_000, "#"),
    "deep objects": (b'{"a":' * 65 + b"1" + b"}" * 65, "#"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_fault_is_refused_with_its_place(fault: str) -> None:
    raw, pointer = REFUSED[fault]
    with pytest.raises(Problem) as refused:
        strict_json.loads(raw)
    assert refused.value.status == 422
    assert refused.value.as_json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"\\\\u0000"}',
        b'{"a":"{\\"a\\":1,\\"a\\":1}"}',
        b'{"a":"\\ud83d\\ude00"}',
        b'"' + b"[" * 200 + b'"',
        b"[" * 64 + b"]" * 64,
        b'[{"a":1},{"a":1}]',
    ],
)
def test_what_only_looks_like_a_fault_is_read(raw: bytes) -> None:
    assert strict_json.loads(raw) == json.loads(raw)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner
        )
    ),
    max_leaves=20,
)


@given(json_values, st.booleans())
def test_every_sound_value_is_read_as_it_was_written(value: object, ascii_only: bool) -> None:
    assert strict_json.loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**30])
def test_a_whole_number_beyond_64_bits_is_refused_rather_than_kept_as_another(number: int) -> None:
    raw = b'{"metadata": {"sizes": [1, %d]}}' % number
    with pytest.raises(Problem) as refused:
        strict_json.loads(raw)
    assert [error.path for error in refused.value.errors] == [("metadata", "sizes", 1)]


def test_long_digits_that_are_no_huge_number_are_taken() -> None:
    value = {"card": "4" * 40, "most": 2**64 - 1, "least": -(2**63), "share": 0.1234567890123456789}
    assert strict_json.loads(json.dumps(value).encode()) == value


def test_digits_without_end_are_refused_wherever_they_stand() -> None:
    digits = b"1" * 5000
    for raw in (b'{"a": 1, "a": 1, "b": %s}', b'{"a": "\\ud800", "b": %s}', b"[%s", b"%s"):
        with pytest.raises(Problem):
            strict_json.loads(raw % digits)
