"""Why a ranking differs: an erasure explains what it can bring about, and nothing else."""

from dataclasses import replace

from provenance.history.verdicts import Cause, Circumstances, cause_of
from retrieval.ranking import RankedChunk


def ranked(name: str, rank: int, similarity: int, relevance: int | None = None) -> RankedChunk:
    return RankedChunk(rank, name, name, f"of {name}", 1, 0, 9, None, 0, similarity, relevance)


BEFORE = [ranked("a", 1, 900), ranked("b", 2, 800), ranked("c", 3, 700)]
A_ERASED = Circumstances(erased=True, erased_documents=frozenset({"of a"}))


def test_what_was_erased_is_missing_and_others_move_up() -> None:
    after = [ranked("b", 1, 800), ranked("c", 2, 700), ranked("d", 3, 600)]
    assert cause_of(BEFORE, after, A_ERASED) is Cause.ERASED_CONTENT


def test_an_erasure_explains_no_other_similarity_of_what_is_left() -> None:
    after = [ranked("b", 1, 790), ranked("c", 2, 700)]
    assert cause_of(BEFORE, after, A_ERASED) is Cause.UNEXPLAINED
    assert cause_of(BEFORE, after, replace(A_ERASED, recomputed=True)) is Cause.VECTORS_RECOMPUTED


def test_an_erasure_explains_no_absence_of_what_was_not_erased() -> None:
    after = [ranked("c", 1, 700), ranked("d", 2, 600)]
    assert cause_of(BEFORE, after, A_ERASED) is Cause.UNEXPLAINED


def test_an_erasure_explains_another_relevance_since_words_are_counted_anew() -> None:
    before = [ranked("a", 1, 900, 500), ranked("b", 2, 800, 400)]
    after = [ranked("b", 1, 800, 420), ranked("c", 2, 100, 410)]
    assert cause_of(before, after, A_ERASED) is Cause.ERASED_CONTENT
