"""Each sentence of an output is held against the passages that the prompt gave."""

import time
from uuid import UUID, uuid5

import pytest

from retrieval.recording import limits
from retrieval.recording.attribution import (
    MAX_SENTENCES,
    THRESHOLD,
    Attribution,
    Source,
    attribute,
)

NAMESPACE = UUID("00000000-0000-0000-0000-000000000000")


def source(text: str) -> Source:
    return Source(uuid5(NAMESPACE, text), uuid5(NAMESPACE, f"version of {text}"), text)


DENTAL = source(
    "The waiting period for dental treatment is eight months from the start of the contract."
    " Orthodontic work is covered after 24 months."
)
STORM = source(
    "Storm damage is covered up to EUR 50,000 in each insured year, less the excess."
    " Flood damage is not covered."
    " Damage must be reported within 30 days, otherwise the claim will not be paid."
)
GERMAN = source(
    "Die Wartezeit beträgt für Zahnbehandlungen acht Monate ab Beginn des Vertrages."
    " Schäden durch Hochwasser sind nicht versichert."
)
SOURCES = [DENTAL, STORM, GERMAN]


@pytest.mark.parametrize(
    ("sentence", "supported_by"),
    [
        ("Dental treatment has a waiting period of 8 months [1].", [DENTAL]),
        ("You have to wait eight months before dental treatment is covered.", [DENTAL]),
        ("The waiting period for dental treatment is six months.", []),
        ("Storm damage is covered up to €50.000 per insured year.", [STORM]),
        ("Storm damage is covered up to EUR 5,000 in each insured year.", []),
        ("You must report damage within 30 days.", [STORM]),
        ("You must report damage within 60 days.", []),
        ("Flood damage is not covered.", [STORM]),
        ("Flood damage is covered.", []),
        ("Die Wartezeit für Zahnbehandlungen beträgt 8 Monate.", [GERMAN]),
        ("Hochwasser ist nicht versichert.", [GERMAN]),
        ("Hochwasser ist versichert.", []),
        ("Claims can be submitted by phone at any time.", []),
        ("I hope this helps!", []),
        ("Yes.", []),
    ],
)
def test_a_sentence_is_supported_by(sentence: str, supported_by: list[Source]) -> None:
    (attributed,) = attribute(sentence, SOURCES).sentences

    assert [support.chunk_id for support in attributed.supports] == [
        supporting.chunk_id for supporting in supported_by
    ]
    assert all(THRESHOLD <= support.score <= 1_000_000 for support in attributed.supports)


def test_words_taken_over_as_they_stand_score_the_most_and_name_the_version() -> None:
    (attributed,) = attribute("Orthodontic work is covered after 24 months.", SOURCES).sentences

    assert attributed.supports[0].score == 1_000_000
    assert attributed.supports[0].version_id == DENTAL.version_id


def test_every_sentence_is_listed_with_its_place() -> None:
    text = "Flood damage is not covered. Ask your broker."

    found = attribute(text, SOURCES).sentences

    assert [text[one.start : one.end] for one in found] == [
        "Flood damage is not covered.",
        "Ask your broker.",
    ]
    assert [len(one.supports) for one in found] == [1, 0]


def test_without_passages_nothing_is_supported() -> None:
    assert [one.supports for one in attribute("Flood damage is covered.", []).sentences] == [()]
    assert attribute("", SOURCES) == Attribution(())


def test_what_a_limit_left_out_is_said() -> None:
    many = attribute("Flood damage is not covered. " * (MAX_SENTENCES + 1), SOURCES)
    endless = attribute("flood damage " * 1_000, SOURCES)
    fit, too_long = source("Flood. " * 10_000), source("Storm. " * 100_000)

    assert (len(many.sentences), many.cut_short) == (MAX_SENTENCES, (limits.SENTENCES,))
    assert (len(endless.sentences), endless.cut_short) == (1, (limits.SENTENCE_LENGTH,))
    assert attribute("Storm.", [fit, too_long]).cut_short == (limits.SOURCES,)
    assert attribute("Flood damage is not covered.", [*SOURCES, fit]).cut_short == ()


def test_hostile_texts_take_no_more_time_than_honest_ones() -> None:
    numbered = [
        f"The cover of tariff {number} ends after {number} months." for number in range(9000)
    ]
    honest = _seconds(" ".join(numbered), [source(" ".join(numbered[:1_000]))])
    repeated = [source("damage is covered. " * 20_000 + str(number)) for number in range(20)]

    assert _seconds("damage is covered. " * 50_000, repeated) < 2 * honest
    assert _seconds("word " * 200_000, [source("word " * 100_000)]) < 2 * honest


def _seconds(text: str, sources: list[Source]) -> float:
    begun = time.process_time()
    attribute(text, sources)
    return time.process_time() - begun
