"""The log's integrity: is it whole, since when, who else vouches for it; and verify it now."""

import time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.eventstore.recorded import Recorded
from provenance.integrity.events import LogVerified
from provenance.pages import integrity as look
from provenance.pages.access import PersonRequest, require_whole_view
from provenance.pages.rendering import show
from provenance.projections import verification
from provenance.projections.verification_progress import percent

# A worker that runs begins within seconds. After so long the page asks no more, and says why.
PATIENCE_SECONDS = 120
DIGITS = 12


@require_safe
@require_whole_view
def integrity(request: PersonRequest) -> HttpResponse:
    """`?after=` is the verification that was the last when one was asked for, at `?asked=`."""
    standing = look.standing()
    attestors = look.attestors()
    running = verification.is_running()
    asked = _asked_at(request) if _is_awaited(request.GET.get("after", ""), standing.last) else None
    context = {
        "standing": standing,
        "running": running,
        "percent": percent() if running else None,
        "awaited": asked is not None and time.time() - asked < PATIENCE_SECONDS,
        "unheard": asked is not None and time.time() - asked >= PATIENCE_SECONDS,
        "verifications": look.verifications(),
        "checkpoints": look.newest_checkpoints(),
        "keys": look.keys(),
        "attestors": attestors,
        "vouching": [each for each in attestors if each.size],
        "chart": look.growth(standing.sealed_since),
    }
    return show(request, "pages/integrity.html", context, section="integrity", partial="standing")


@require_POST
@require_whole_view
def verify_now(request: PersonRequest) -> HttpResponse:
    last = look.standing().last
    if not verification.ask_now(request.user.id):
        messages.error(
            request, gettext("No worker can be asked at the moment: Redis does not answer.")
        )
        return redirect("pages:integrity")
    after = last.stream_version if last else 0
    return redirect(f"{reverse('pages:integrity')}?after={after}&asked={int(time.time())}")


def _asked_at(request: PersonRequest) -> int | None:
    """Seconds since 1970, as this server wrote them into the address."""
    asked = request.GET.get("asked", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= DIGITS else None


def _is_awaited(after: str, last: Recorded[LogVerified] | None) -> bool:
    return after.isdecimal() and after == str(last.stream_version if last else 0)
