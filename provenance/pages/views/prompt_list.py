"""The list of prompts: a reviewer finds what models were given, also where no answer came of it.

In ten seconds: which application asked a model what and when, how much of it stands on retrieved
passages, what was left out, and whether an answer was reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from provenance.accounts.access import Principal
from provenance.eventstore.ids import derived_id
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.days import day_of
from provenance.pages.rendering import show
from provenance.pages.saved import saved
from retrieval.recording.models import InteractionPrompt
from retrieval.recording.names import applications
from retrieval.recording.prompt_queries import Answers, answers_to, matching_prompts

ANSWERED = {"yes": True, "no": False}
IDS = ("retrieval_id", "version_id")
SHOWN = ("q", "application", "since", "until", "answered", "left_out", *IDS)


@dataclass(frozen=True)
class Row:
    """A prompt with the outputs that came of it."""

    prompt: InteractionPrompt
    answers: Answers | None

    @property
    def url(self) -> str:
        """The trace of its newest output; where there is none, what the log holds of it."""
        if self.answers:
            return reverse("pages:trace", args=[self.answers.newest])
        return reverse("pages:event", args=[derived_id(self.prompt.prompt_id, "PromptReported")])


@require_safe
@require_person
def prompt_list(request: PersonRequest) -> HttpResponse:
    """A filter that makes no sense is left out."""
    wanted = filters(request.GET)
    found = matching_prompts(principal=request.principal, **wanted)
    listed = keyset.page(found, request.GET, by="position", position=lambda each: each.position)
    context = {
        "saved": saved(request, "prompts"),
        "rows": _rows(listed.rows, request.principal),
        "first_page": listed.first,
        "next_page": listed.next,
        "filtered": bool(wanted),
        "filters": {name: request.GET.get(name, "") for name in SHOWN}
        | {"after": keyset.AFTER in request.GET},
        "applications": applications(request.principal),
    }
    return show(request, "pages/prompts.html", context, section="outputs", partial="rows")


def _rows(prompts: Sequence[InteractionPrompt], principal: Principal) -> list[Row]:
    answers = answers_to([prompt.prompt_id for prompt in prompts], principal=principal)
    return [Row(prompt, answers.get(prompt.prompt_id)) for prompt in prompts]


def filters(query: QueryDict) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        name: text for name in ("q", "application") if (text := keyset.text(query, name))
    }
    for name in IDS:
        try:
            wanted[name] = UUID(query.get(name, ""))
        except ValueError:
            continue
    if since := day_of(query, "since"):
        wanted["since"] = since
    if until := day_of(query, "until"):
        # The last day is meant to its end.
        wanted["until"] = until + timedelta(days=1)
    if (answered := query.get("answered", "")) in ANSWERED:
        wanted["answered"] = ANSWERED[answered]
    if query.get("left_out"):
        wanted["left_out"] = True
    return wanted
