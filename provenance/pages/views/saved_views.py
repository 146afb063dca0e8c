"""Saves the filters of a list under a name, and removes one: each person's own."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from provenance.finding.errors import ViewRefused
from provenance.finding.saved_views import remove_view, save_view
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.saved import LISTS, filters_of


@require_POST
@require_person
def save(request: PersonRequest) -> HttpResponse:
    """Leads back to the list, which then offers the view, or says why it does not."""
    listed = request.POST.get("listed", "")
    if listed not in LISTS:
        raise Http404
    query = filters_of(QueryDict(request.POST.get("query", "")))
    name = request.POST.get("name", "")
    try:
        save_view(user_id=request.user.id, listed=listed, name=name, query=query)
    except ViewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("The view is saved."))
    return redirect(f"{reverse(LISTS[listed])}?{query}")


@require_POST
@require_person
def remove(request: PersonRequest, view_id: UUID) -> HttpResponse:
    removed = remove_view(user_id=request.user.id, view_id=view_id)
    if removed is None:
        raise Http404
    messages.success(request, gettext("The view is removed."))
    return redirect(LISTS[removed.listed])
