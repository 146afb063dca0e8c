"""The questions that reviewers come with, how each is answered, and an example to try it on."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from provenance.accounts.access import Principal
from provenance.pages.access import sees_everything
from retrieval.recording.models import InteractionPrompt, Relation, VersionOutput
from retrieval.recording.queries import visible_outputs


@dataclass(frozen=True)
class Told:
    """A question, its answer, and the name of what shows it."""

    words: str
    answer: str
    shown_by: str


QUESTIONS = (
    Told(
        gettext_noop("What is this answer based on?"),
        gettext_noop(
            "Open an output. Each sentence names the passages that support it, and each "
            "passage the version of the document that it stands in."
        ),
        "trace",
    ),
    Told(
        gettext_noop("Is that still the current wording, and what changed?"),
        gettext_noop(
            "A passage says whether its version is current. “Is it still so?” sets both "
            "wordings side by side, word by word."
        ),
        "trace",
    ),
    Told(
        gettext_noop("Who else got an answer from the old wording?"),
        gettext_noop(
            "Every passage, version and document lists the answers that rest on it, by "
            "application and over time."
        ),
        "impact",
    ),
    Told(
        gettext_noop("What did the assistant know on 14 March?"),
        gettext_noop(
            "Time has two clocks: what had been handed in by then, and what was in force. "
            "Set either, and search as it was."
        ),
        "time",
    ),
    Told(
        gettext_noop("Why was the new policy not used?"),
        gettext_noop(
            "Under the passages of an answer, “Why not another document?” names the first "
            "reason that keeps a document out, with its rank."
        ),
        "why",
    ),
    Told(
        gettext_noop("Can I prove this to a regulator?"),
        gettext_noop(
            "“Take the evidence” makes one file with the exact bytes, their proofs and a "
            "verifier that needs nothing of this server."
        ),
        "trace",
    ),
    Told(
        gettext_noop("Who looked at it, and who signed it?"),
        gettext_noop(
            "The trace says both. A review holds findings, discussion and signatures, and "
            "all of them are in the evidence."
        ),
        "review",
    ),
    Told(
        gettext_noop("Is anything missing?"),
        gettext_noop(
            "Coverage compares, for each application and day, retrievals with outputs, "
            "prompts with what was retrieved, and counters with what arrived."
        ),
        "coverage",
    ),
    Told(
        gettext_noop("Which answers must I look at today?"),
        gettext_noop(
            "Stale answers are those whose wording has changed since; Reviews lists what is"
            " assigned to you and what the queues bring up."
        ),
        "stale",
    ),
    Told(
        gettext_noop("What changed since last week?"),
        gettext_noop(
            "Two moments side by side show what could be found then and now; a report tells the"
            " rest."
        ),
        "changes",
    ),
)


@dataclass(frozen=True)
class Question:
    """`address` is empty where nothing has been recorded that could show it."""

    words: str
    answer: str
    address: str


def questions(principal: Principal) -> list[Question]:
    """With the newest output that this person may read as the example."""
    known = _addresses(principal)
    return [
        Question(gettext(each.words), gettext(each.answer), known.get(each.shown_by, ""))
        for each in QUESTIONS
    ]


def _addresses(principal: Principal) -> dict[str, str]:
    found = {
        "time": reverse("pages:time"),
        "changes": f"{reverse('pages:time')}?show=changes",
        "stale": reverse("pages:stale"),
    }
    if sees_everything(principal):
        found["coverage"] = reverse("pages:coverage")
    output = visible_outputs(principal).order_by("-position").first()
    if output is not None:
        found["trace"] = reverse("pages:trace", args=[output.output_id])
        found["review"] = reverse("pages:review", args=[output.output_id])
        found["impact"] = _impact(output.output_id)
        found["why"] = _why(output.prompt_id)
    return found


def _impact(output_id: UUID) -> str:
    rests = VersionOutput.objects.filter(output_id=output_id)
    held = rests.exclude(relation=Relation.RETRIEVED_ONLY)
    version = held.values_list("version_id", flat=True).first()
    return reverse("pages:impact_of_version", args=[version]) if version else ""


def _why(prompt_id: UUID) -> str:
    prompt = InteractionPrompt.objects.filter(prompt_id=prompt_id).first()
    if prompt is None or not prompt.retrieval_ids:
        return ""
    return f"{reverse('pages:retrieval', args=[prompt.retrieval_ids[0]])}?show=why"
