"""Administration of people, API keys and collections; every change is an event of the log."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.accounts import commands
from provenance.accounts.models import ApiKey, Collection, Role, User
from provenance.pages.access import PersonRequest, require_administrator
from provenance.pages.account_forms import NewCollectionForm, NewKeyForm, NewPersonForm, PersonForm
from provenance.pages.rendering import show


@require_safe
@require_administrator
def people(request: PersonRequest) -> HttpResponse:
    return _people(request, NewPersonForm())


@require_POST
@require_administrator
def add_person(request: PersonRequest) -> HttpResponse:
    form = NewPersonForm(request.POST)
    if not form.is_valid():
        return _people(request, form, status=422)
    try:
        person = commands.create_user(
            principal=request.principal,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            role=Role(form.cleaned_data["role"]),
            collections=form.allowed(),
        )
    except commands.NameRefused as error:
        form.add_error("username", str(error))
        return _people(request, form, status=422)
    except ValidationError as error:
        form.add_error("password", error)
        return _people(request, form, status=422)
    messages.success(
        request, gettext("%(username)s may sign in now.") % {"username": person.username}
    )
    return redirect("pages:people")


def _people(request: PersonRequest, form: NewPersonForm, status: int = 200) -> HttpResponse:
    rows = User.objects.order_by("username")
    context = {"people": rows, "form": form, "tab": "people"}
    return show(request, "accounts/people.html", context, section="access", status=status)


@require_administrator
def person(request: PersonRequest, user_id: UUID) -> HttpResponse:
    """One person's role and collections, shown and changed."""
    subject = get_object_or_404(User, id=user_id)
    if request.method == "POST":
        form = PersonForm(request.POST)
        if form.is_valid() and _may_change(request, subject, form):
            commands.change_role(
                principal=request.principal, user=subject, role=Role(form.cleaned_data["role"])
            )
            commands.set_collections(
                principal=request.principal, subject=subject, collections=form.allowed()
            )
            messages.success(
                request, gettext("%(username)s was changed.") % {"username": subject.username}
            )
            return redirect("pages:people")
    else:
        form = PersonForm(
            initial={
                "role": subject.role,
                "everything": subject.collections is None,
                "collections": subject.collections or [],
            }
        )
    return show(
        request,
        "accounts/person.html",
        {"person": subject, "form": form, "tab": "people"},
        section="access",
        status=422 if form.errors else 200,
    )


def _may_change(request: PersonRequest, subject: User, form: PersonForm) -> bool:
    """Nobody takes the role away from themselves, so one administrator always remains."""
    if subject == request.user and form.cleaned_data["role"] != subject.role:
        form.add_error(
            "role", gettext("You cannot change your own role; another administrator can.")
        )
        return False
    return True


@require_safe
@require_administrator
def keys(request: PersonRequest) -> HttpResponse:
    return _keys(request, NewKeyForm())


@require_POST
@require_administrator
def add_key(request: PersonRequest) -> HttpResponse:
    """Answers with the plain key on the page itself: it is shown this once."""
    form = NewKeyForm(request.POST)
    if not form.is_valid():
        return _keys(request, form, status=422)
    try:
        key, plain = commands.create_api_key(
            principal=request.principal,
            application=form.cleaned_data["application"],
            scopes=form.cleaned_data["scopes"],
            collections=form.allowed(),
        )
    except commands.NameRefused as error:
        form.add_error("application", str(error))
        return _keys(request, form, status=422)
    return _keys(request, NewKeyForm(), new_key=key, plain=plain)


@require_POST
@require_administrator
def revoke_key(request: PersonRequest, key_id: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey, key_id=key_id)
    commands.revoke_api_key(principal=request.principal, key=key)
    messages.success(
        request,
        gettext("The key %(hint)s of %(application)s no longer works.")
        % {"hint": key.hint, "application": key.application},
    )
    return redirect("pages:keys")


def _keys(
    request: PersonRequest,
    form: NewKeyForm,
    *,
    new_key: ApiKey | None = None,
    plain: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = ApiKey.objects.order_by("revoked_at", "application", "-created_at")
    context = {"keys": rows, "form": form, "new_key": new_key, "plain": plain, "tab": "keys"}
    return show(request, "accounts/keys.html", context, section="access", status=status)


@require_safe
@require_administrator
def collections(request: PersonRequest) -> HttpResponse:
    return _collections(request, NewCollectionForm())


@require_POST
@require_administrator
def add_collection(request: PersonRequest) -> HttpResponse:
    form = NewCollectionForm(request.POST)
    if not form.is_valid():
        return _collections(request, form, status=422)
    try:
        commands.ensure_collection(
            principal=request.principal,
            name=form.cleaned_data["name"],
            time_zone=form.cleaned_data["time_zone"],
        )
    except commands.NameRefused as error:
        form.add_error("name", str(error))
        return _collections(request, form, status=422)
    return redirect("pages:collections")


def _collections(
    request: PersonRequest, form: NewCollectionForm, status: int = 200
) -> HttpResponse:
    rows = Collection.objects.order_by("name")
    context = {"collections": rows, "form": form, "tab": "collections"}
    return show(request, "accounts/collections.html", context, section="access", status=status)
