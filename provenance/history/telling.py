"""What a verdict means, in a sentence for people."""

from provenance.history.reproduction import Reproduction
from provenance.history.verdicts import Cause, Verdict

VERDICTS = {
    Verdict.IDENTICAL: "The same passages came back in the same order.",
    Verdict.REORDERED: "The same passages came back in another order.",
    Verdict.DIFFERENT: "Other passages came back.",
    Verdict.NOT_SERVED_HERE: "The application's own store answered; it cannot be asked again here.",
}
NOT_RUN = "It could not be run again."
BELOW = "Ranks below the answer differ."
CAUSES = {
    Cause.ERASED_CONTENT: "Something that it rested on has been erased since.",
    Cause.GENERATION_DROPPED: "The index that answered has been dropped, and its vectors are gone.",
    Cause.CONFIGURATION_CHANGED: "Search is configured otherwise than it was then.",
    Cause.VECTORS_RECOMPUTED: "Vectors were lost and computed anew since.",
    Cause.APPROXIMATE_SEARCH: (
        "The search then was approximate; compared with every passage, it finds these."
    ),
    Cause.UNEXPLAINED: "Nothing known here explains it. Have the log and the index looked at.",
}


def in_words(found: Reproduction) -> str:
    return sentence(
        found.verdict, found.cause, run=found.search is not None, whole=found.whole_ranking
    )


def sentence(verdict: str, cause: str | None, *, run: bool, whole: str) -> str:
    """From the verdict and cause as they are recorded."""
    parts = [VERDICTS[Verdict(verdict)] if run else NOT_RUN]
    if verdict == Verdict.IDENTICAL and whole != Verdict.IDENTICAL:
        parts.append(BELOW)
    if cause is not None:
        parts.append(CAUSES[Cause(cause)])
    return " ".join(parts)
