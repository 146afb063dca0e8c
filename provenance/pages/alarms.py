"""What every page says loudly: that the log is broken, or can no longer be sealed."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from provenance.integrity.verification import outcomes


def log_alarm(request: HttpRequest) -> dict[str, object]:
    """A context processor; asks only where a page that is for people who signed in shows it."""
    if not request.user.is_authenticated:
        return {}
    return {"log_alarm": SimpleLazyObject(outcomes.alarm)}
