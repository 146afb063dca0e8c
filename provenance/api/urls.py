"""The addresses of the API and of health, and the operation behind each method."""

from collections.abc import Mapping

from django.urls import URLPattern, URLResolver, include, path, re_path

from provenance.api.errors import not_found
from provenance.api.operation import Operation, by_method
from provenance.api.views import (
    cases,
    counterfactuals,
    documents,
    events,
    evidence,
    generations,
    health,
    impact,
    knowledge,
    output_reviews,
    proofs,
    read_models,
    recording,
    reproductions,
    retrievals,
    reviews,
    schema,
    stale,
    traces,
    versions,
)

PREFIX = "api/v1/"
OPERATIONS: Mapping[str, Mapping[str, type[Operation]]] = {
    "documents": {"get": documents.ListDocuments, "post": documents.SubmitDocument},
    "documents/<uuid:document_id>": {"get": documents.ReadDocument},
    "documents/<uuid:document_id>/withdrawal": {"post": documents.WithdrawDocument},
    "versions/<uuid:version_id>": {"get": versions.ReadVersion},
    "versions/<uuid:version_id>/retry": {"post": versions.RetryVersion},
    "versions/<uuid:version_id>/quarantine": {"post": versions.QuarantineVersion},
    "versions/<uuid:version_id>/release": {"post": versions.ReleaseVersion},
    "versions/<uuid:version_id>/content": {"get": versions.ReadContent},
    "versions/<uuid:version_id>/text": {"get": versions.ReadText},
    "versions/<uuid:version_id>/chunks": {"get": versions.ListChunks},
    "retrievals": {"post": retrievals.Retrieve},
    "versions/<uuid:version_id>/outputs": {"get": impact.ListOutputsOfVersion},
    "documents/<uuid:document_id>/outputs": {"get": impact.ListOutputsOfDocument},
    "retrievals/reported": {"post": recording.ReportRetrieval},
    "prompts": {"post": recording.ReportPrompt},
    "prompts/<uuid:prompt_id>": {"get": recording.ReadPrompt},
    "evidence": {"get": evidence.TakeEvidenceOfPeriod},
    "outputs": {"get": recording.ListOutputs, "post": recording.ReportOutput},
    "outputs/<uuid:output_id>": {"get": recording.ReadOutput},
    "outputs/<uuid:output_id>/trace": {"get": traces.ReadTrace},
    "outputs/<uuid:output_id>/evidence": {"get": evidence.TakeEvidence},
    "outputs/<uuid:output_id>/prov": {"get": evidence.ReadProvenance},
    "stale-answers": {"get": stale.ListStaleAnswers},
    "records": {"post": recording.RecordBatch},
    "retrievals/<uuid:retrieval_id>": {"get": retrievals.ReadRetrieval},
    "knowledge": {"get": knowledge.ReadKnowledge},
    "knowledge/diff": {"get": knowledge.CompareKnowledge},
    "retrievals/<uuid:retrieval_id>/reproduction": {"post": reproductions.ReproduceRetrieval},
    "retrievals/<uuid:retrieval_id>/why-not": {"get": reproductions.ExplainAbsence},
    "retrievals/<uuid:retrieval_id>/counterfactual": {"post": counterfactuals.AskOtherwise},
    "retrievals/<uuid:retrieval_id>/bisection": {"post": counterfactuals.FindChange},
    "events": {"get": events.ReadEvents},
    "events/<uuid:event_id>": {"get": events.ReadEvent},
    "events/<uuid:event_id>/proof": {"get": proofs.ReadProof},
    "checkpoints": {"get": proofs.ListCheckpoints, "post": proofs.SealCheckpoint},
    "consistency": {"get": proofs.ReadConsistency},
    "index-generations": {"get": generations.ListGenerations, "post": generations.StartGeneration},
    "index-generations/<int:generation>/activation": {"post": generations.ActivateGeneration},
    "index-generations/<int:generation>/cancellation": {"post": generations.CancelGeneration},
    "index-generations/<int:generation>/pause": {"post": generations.PauseGeneration},
    "index-generations/<int:generation>/resumption": {"post": generations.ResumeGeneration},
    "index-generations/<int:generation>/verification": {"post": generations.VerifyGeneration},
    "index-generations/<int:generation>/drop": {"post": generations.DropGeneration},
    "index-generations/<int:generation>/comparison": {"get": generations.CompareGenerations},
    "read-models": {"get": read_models.ListReadModels},
    "read-models/<slug:name>/rebuild": {"post": read_models.RebuildReadModel},
    "read-models/<slug:name>/rebuild/cancellation": {"post": read_models.CancelRebuild},
    "erasures": {"get": reviews.ListErasures, "post": reviews.RequestErasure},
    "erasures/preview": {"post": reviews.PreviewErasure},
    "erasures/<uuid:erasure_id>": {"get": reviews.ReadErasure},
    "erasures/<uuid:erasure_id>/approval": {"post": reviews.ApproveErasure},
    "erasures/<uuid:erasure_id>/rejection": {"post": reviews.RejectErasure},
    "erasures/<uuid:erasure_id>/certificate": {"get": reviews.ReadCertificate},
    "reviews": {"get": output_reviews.ListReviews},
    "reviews/<uuid:output_id>": {"get": output_reviews.ReadReview},
    "reviews/<uuid:output_id>/answers": {"post": output_reviews.AnswerRubric},
    "reviews/<uuid:output_id>/findings": {"post": output_reviews.RaiseFinding},
    "reviews/<uuid:output_id>/findings/<uuid:finding_id>/resolution": {
        "post": output_reviews.ResolveFinding
    },
    "reviews/<uuid:output_id>/comments": {"post": output_reviews.CommentOnOutput},
    "cases": {"get": cases.ListCases, "post": cases.OpenCase},
    "cases/<uuid:case_id>": {"get": cases.ReadCase},
    "cases/<uuid:case_id>/evidence": {"get": evidence.TakeEvidenceOfCase},
    "cases/<uuid:case_id>/outputs": {"post": cases.AddToCase},
    "cases/<uuid:case_id>/outputs/<uuid:output_id>/removal": {"post": cases.RemoveFromCase},
    "cases/<uuid:case_id>/hold": {"post": cases.HoldCase},
    "cases/<uuid:case_id>/release": {"post": cases.LiftHold},
    "cases/<uuid:case_id>/end": {"post": cases.CloseCase},
    "cases/<uuid:case_id>/reopening": {"post": cases.ReopenCase},
    "holds": {"get": reviews.ListHolds, "post": reviews.PlaceHold},
    "holds/<uuid:hold_id>/release": {"post": reviews.ReleaseHold},
}
# One path for each operation, as the description walks through them.
described = [
    path(f"{PREFIX}{address}", operation.as_view())
    for address, operations in OPERATIONS.items()
    for operation in operations.values()
]
api_patterns: list[URLPattern | URLResolver] = [
    *(path(address, by_method(**operations)) for address, operations in OPERATIONS.items()),
    path("schema", schema.Schema.as_view(patterns=described), name="schema"),
    path("docs", schema.Docs.as_view(), name="docs"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path(PREFIX, include((api_patterns, "api"))),
    re_path(r"^api/", not_found),
    path("checkpoint", proofs.checkpoint, name="checkpoint"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
