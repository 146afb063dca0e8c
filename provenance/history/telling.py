"""What a verdict means, in sentences for people."""

from django.utils.translation import gettext_noop

from provenance.history.reproduction import Reproduction
from provenance.history.told import Told
from provenance.history.verdicts import Cause, Verdict

VERDICTS = {
    Verdict.IDENTICAL: gettext_noop("The same passages came back in the same order."),
    Verdict.REORDERED: gettext_noop("The same passages came back in another order."),
    Verdict.DIFFERENT: gettext_noop("Other passages came back."),
    Verdict.NOT_SERVED_HERE: gettext_noop(
        "The application's own store answered; it cannot be asked again here."
    ),
}
NOT_RUN = gettext_noop("It could not be run again.")
BELOW = gettext_noop("Ranks below the answer differ.")
CAUSES = {
    Cause.ERASED_CONTENT: gettext_noop("Something that it rested on has been erased since."),
    Cause.GENERATION_DROPPED: gettext_noop(
        "The index that answered has been dropped, and its vectors are gone."
    ),
    Cause.CONFIGURATION_CHANGED: gettext_noop("Search is configured otherwise than it was then."),
    Cause.VECTORS_RECOMPUTED: gettext_noop("Vectors were lost and computed anew since."),
    Cause.APPROXIMATE_SEARCH: gettext_noop(
        "The search then was approximate; compared with every passage, it finds these."
    ),
    Cause.UNEXPLAINED: gettext_noop(
        "Nothing known here explains it. Have the log and the index looked at."
    ),
}


def in_words(found: Reproduction) -> Told:
    return sentence(
        found.verdict, found.cause, run=found.search is not None, whole=found.whole_ranking
    )


def sentence(verdict: str, cause: str | None, *, run: bool, whole: str) -> Told:
    """From the verdict and cause as they are recorded."""
    parts = [VERDICTS[Verdict(verdict)] if run else NOT_RUN]
    if verdict == Verdict.IDENTICAL and whole != Verdict.IDENTICAL:
        parts.append(BELOW)
    if cause is not None:
        parts.append(CAUSES[Cause(cause)])
    return Told(*((part, {}) for part in parts))
