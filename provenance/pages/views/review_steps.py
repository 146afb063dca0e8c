"""The steps of a review: each is one form, and leads back to the page it came from."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from ingestion.errors import DocumentUnknown
from provenance.cases import reviewing, signing
from provenance.cases.casework import add_to_case
from provenance.cases.errors import NotFound
from provenance.pages.access import PersonRequest, require_editor
from provenance.pages.review_forms import ReasonForm
from provenance.pages.views.review import page_of, read
from provenance.pages.workplace_forms import (
    AssignForm,
    CommentForm,
    FindingForm,
    ResolveForm,
    RubricForm,
    SignForm,
    editors,
)
from provenance.review.errors import ReviewRefused
from provenance.sealing.keys import KeyDestroyed
from retrieval.errors import RequestRefused
from retrieval.recording.errors import RecordNotFound

# What the person is told, and where on the page that is.
Done = tuple[str, str]


@require_POST
@require_editor
def assign(request: PersonRequest, output_id: UUID) -> HttpResponse:
    form = AssignForm(request.POST, people=editors())

    def assigned() -> None:
        reviewing.assign_review(
            output_id=output_id,
            assignee=form.person(),
            due_on=form.cleaned_data["due_on"],
            principal=request.principal,
        )

    return _done(request, output_id, ("assigning", form), assigned, (gettext("Assigned."), "state"))


@require_POST
@require_editor
def answer(request: PersonRequest, output_id: UUID) -> HttpResponse:
    form = RubricForm(request.POST)

    def answered() -> None:
        reviewing.answer_rubric(
            output_id=output_id,
            answers=form.answers(),  # type: ignore[arg-type]
            note=form.cleaned_data["note"],
            principal=request.principal,
        )

    return _done(
        request, output_id, ("answering", form), answered, (gettext("Answers kept."), "rubric")
    )


@require_POST
@require_editor
def add_finding(request: PersonRequest, output_id: UUID) -> HttpResponse:
    pins = read(request, output_id)["pins"]
    form = FindingForm(request.POST, sentences=pins.sentences, passages=pins.passages)

    def raised() -> None:
        reviewing.raise_finding(
            output_id=output_id,
            finding_id=form.cleaned_data["id"],
            statement=form.cleaned_data["statement"],
            severity=form.cleaned_data["severity"],
            principal=request.principal,
            **form.place(),
        )

    return _done(
        request, output_id, ("finding", form), raised, (gettext("Finding raised."), "findings")
    )


@require_POST
@require_editor
def resolve(request: PersonRequest, output_id: UUID, finding_id: UUID) -> HttpResponse:
    form = ResolveForm(request.POST)
    if not form.is_valid():
        problem = gettext("Say what became of the finding, and why.")
        return page_of(request, output_id, problem=problem, status=422)

    def resolved() -> None:
        reviewing.resolve_finding(
            output_id=output_id,
            finding_id=finding_id,
            resolution=form.cleaned_data["resolution"],
            note=form.cleaned_data["note"],
            principal=request.principal,
        )

    return _done(
        request,
        output_id,
        ("resolving", form),
        resolved,
        (gettext("Finding resolved."), "findings"),
    )


@require_POST
@require_editor
def comment(request: PersonRequest, output_id: UUID) -> HttpResponse:
    form = CommentForm(request.POST)

    def said() -> None:
        reviewing.comment_on_output(
            output_id=output_id,
            comment_id=form.cleaned_data["id"],
            text=form.cleaned_data["text"],
            principal=request.principal,
        )

    return _done(
        request, output_id, ("commenting", form), said, (gettext("Comment added."), "discussion")
    )


@sensitive_post_parameters("password")
@require_POST
@require_editor
def sign(request: PersonRequest, output_id: UUID) -> HttpResponse:
    form = SignForm(request.POST)

    def confirms() -> bool:
        password = form.cleaned_data["password"]
        found = authenticate(request, username=request.user.get_username(), password=password)
        return found is not None and found.pk == request.user.pk

    def signed() -> None:
        signing.sign_output(
            output_id=output_id,
            meaning=form.cleaned_data["meaning"],
            printed_name=form.cleaned_data["printed_name"],
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            confirms=confirms,
            principal=request.principal,
        )

    return _done(request, output_id, ("signing", form), signed, (gettext("Signed."), "signatures"))


@require_POST
@require_editor
def reopen(request: PersonRequest, output_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def reopened() -> None:
        reviewing.reopen_review(
            output_id=output_id,
            reason=form.cleaned_data["reason"],
            principal=request.principal,
        )

    return _done(
        request, output_id, ("reopening", form), reopened, (gettext("A new round began."), "rubric")
    )


@require_POST
@require_editor
def gather(request: PersonRequest, output_id: UUID) -> HttpResponse:
    """Puts the output into a case that is there."""
    try:
        case_id = UUID(request.POST.get("case_id", ""))
    except ValueError:
        return page_of(request, output_id, problem=gettext("Choose a case."), status=422)
    return _act(
        request,
        output_id,
        lambda: add_to_case(case_id=case_id, output_id=output_id, principal=request.principal),
        (gettext("The output is in the case."), "state"),
        {},
    )


def _done(
    request: PersonRequest,
    output_id: UUID,
    shown: tuple[str, Form],
    act: Callable[[], None],
    done: Done,
) -> HttpResponse:
    """Acts on a form that is valid; any other is shown again with what is wrong."""
    name, form = shown
    if not form.is_valid():
        return page_of(request, output_id, forms={name: form}, status=422)
    return _act(request, output_id, act, done, {name: form})


def _act(
    request: PersonRequest,
    output_id: UUID,
    act: Callable[[], None],
    done: Done,
    forms: Mapping[str, Form],
) -> HttpResponse:
    """Goes back to where the person was."""
    try:
        act()
    except (NotFound, RecordNotFound, DocumentUnknown) as error:
        raise Http404 from error
    except (ReviewRefused, RequestRefused, KeyDestroyed) as error:
        return page_of(request, output_id, forms=forms, problem=str(error), status=409)
    said, anchor = done
    messages.success(request, said)
    came_from = request.GET.get("from", "")
    query = f"?{urlencode({'from': came_from})}" if came_from else ""
    return HttpResponseRedirect(f"{reverse('pages:review', args=[output_id])}{query}#{anchor}")
