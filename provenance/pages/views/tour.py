"""Help for somebody new: ten questions, where each is answered, and the words of this product."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from provenance.pages.access import PersonRequest, require_person
from provenance.pages.rendering import show
from provenance.pages.tour import questions


@require_safe
@require_person
def tour(request: PersonRequest) -> HttpResponse:
    return show(
        request, "pages/tour.html", {"questions": questions(request.principal)}, section="help"
    )
