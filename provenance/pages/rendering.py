"""Renders a page, or the one partial of it that htmx asked for; the view picks the partial."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from provenance.pages.access import PersonRequest, may_edit, sees_everything


def show(
    request: PersonRequest,
    template: str,
    context: dict[str, Any],
    *,
    section: str,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """`partial` is named where a request of htmx wants that part of the page only."""
    wanted = f"{template}#{partial}" if partial and _wants(request, partial) else template
    context = {
        "section": section,
        "may_edit": may_edit(request.principal),
        "sees_everything": sees_everything(request.principal),
        **context,
    }
    return render(request, wanted, context, status=status)


def _wants(request: PersonRequest, partial: str) -> bool:
    return bool(request.htmx) and request.htmx.target == partial
