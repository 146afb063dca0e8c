"""The addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from provenance.pages.views import (
    accounts,
    dashboard,
    documents,
    erasures,
    events,
    evidence,
    holds,
    integrity,
    log,
    outputs,
    trace,
    upload,
    versions,
)

app_name = "pages"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("outputs/", outputs.outputs, name="outputs"),
    path("outputs/<uuid:output_id>/", trace.trace, name="trace"),
    path("outputs/<uuid:output_id>/evidence/", evidence.evidence, name="evidence"),
    path("documents/", documents.documents, name="documents"),
    path("documents/upload/", upload.upload, name="upload"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
    path("documents/<uuid:document_id>/withdrawal/", documents.withdraw, name="withdraw"),
    path("versions/<uuid:version_id>/", versions.version, name="version"),
    path("versions/<uuid:version_id>/content/", versions.content, name="content"),
    path("versions/<uuid:version_id>/retry/", documents.retry, name="retry"),
    path("reviews/erasures/", erasures.erasures, name="erasures"),
    path("reviews/erasures/new/", erasures.new_erasure, name="new_erasure"),
    path("reviews/erasures/<uuid:erasure_id>/", erasures.erasure, name="erasure"),
    path("reviews/erasures/<uuid:erasure_id>/approval/", erasures.approve, name="approve_erasure"),
    path("reviews/erasures/<uuid:erasure_id>/rejection/", erasures.reject, name="reject_erasure"),
    path(
        "reviews/erasures/<uuid:erasure_id>/certificate/",
        erasures.certificate,
        name="erasure_certificate",
    ),
    path("reviews/holds/", holds.holds, name="holds"),
    path("reviews/holds/place/", holds.place_hold, name="place_hold"),
    path("reviews/holds/<uuid:hold_id>/release/", holds.release_hold, name="release_hold"),
    path("log/", log.log, name="log"),
    path("log/events/<uuid:event_id>/", events.event, name="event"),
    path("log/events/<uuid:event_id>/proof/", events.proof, name="event_proof"),
    path("log/events/<uuid:event_id>/bytes/", events.stored_bytes, name="event_bytes"),
    path("integrity/", integrity.integrity, name="integrity"),
    path("integrity/verification/", integrity.verify_now, name="verify_now"),
    path("accounts/login/", LoginView.as_view(template_name="accounts/login.html"), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/people/", accounts.people, name="people"),
    path("accounts/people/add/", accounts.add_person, name="add_person"),
    path("accounts/people/<uuid:user_id>/", accounts.person, name="person"),
    path("accounts/keys/", accounts.keys, name="keys"),
    path("accounts/keys/add/", accounts.add_key, name="add_key"),
    path("accounts/keys/<uuid:key_id>/revocation/", accounts.revoke_key, name="revoke_key"),
    path("accounts/collections/", accounts.collections, name="collections"),
    path("accounts/collections/add/", accounts.add_collection, name="add_collection"),
]
