"""OpenAPI 3.1, read off the operations: their bodies, parameters, answers and problems."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from pydantic.json_schema import model_json_schema

from provenance.api.problems import MEDIA_TYPE
from provenance.api.serializers.problems import ProblemOut

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="24 hours: the same key and body answer the first answer again.",
)
MEANINGS = {
    401: "No valid key",
    403: "The key lacks the scope",
    404: "Unknown, or not for this key",
    409: "Conflict",
    410: "Erased",
    413: "Too large; the answer names the limit",
    415: "Wrong media type",
    422: "Invalid; the answer points at every bad field",
    429: "Too fast",
    503: "Not ready; try again later",
}


class OperationSchema(AutoSchema):
    """Describes an Operation by its class attributes; nothing is said twice."""

    view: Any

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        return name[0].lower() + name[1:]

    def get_summary(self) -> str:
        return str(self.get_description()).partition("\n")[0]

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.rpartition(".")[2]]

    def get_request_serializer(self) -> Any:
        bodies = self.view.bodies
        return None if not bodies else dict(bodies)

    def get_override_parameters(self) -> list[Any]:
        parameters = [] if self.view.query is None else parameters_of(self.view.query)
        return [*parameters, IDEMPOTENCY_KEY] if self.view.replays else parameters

    def get_response_serializers(self) -> Any:
        problems = {401, 403, 429, 503} if self.view.authentication_classes else set()
        if self.view.bodies:
            problems |= {413, 415, 422}
        if self.view.query:
            problems |= {422}
        if "{" in self.path:
            problems |= {404}
        problems |= set(self.view.problems)
        answers: dict[Any, Any] = dict(self.view.answers)
        for status in sorted(problems - {200 if s is None else s for s in answers}):
            answers[status, MEDIA_TYPE] = OpenApiResponse(ProblemOut, MEANINGS[status])
        return answers


def parameters_of(query: Any) -> list[OpenApiParameter]:
    """The query parameters that a model of them declares; a parameter is left out, never null."""
    schema = model_json_schema(query, mode="validation")
    required = set(schema.get("required", ()))
    parameters = []
    for name, declared in schema["properties"].items():
        rule = {**declared, **next(iter(declared.get("anyOf", ())), {})}
        description = rule.pop("description", "")
        for irrelevant in ("title", "anyOf"):
            rule.pop(irrelevant, None)
        if rule.get("default", "") is None:
            del rule["default"]
        parameters.append(
            OpenApiParameter(
                name,
                rule,
                OpenApiParameter.QUERY,
                required=name in required,
                description=description,
            )
        )
    return parameters


class ShapeExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Pydantic models: a body's schema says what may be sent, an answer's what always comes."""

    target_class = "provenance.api.serializers.shape.Shape"
    match_subclasses = True
    priority = 1

    def get_name(self, auto_schema: Any, direction: Any) -> str:  # noqa: ARG002
        return str(self.target.__name__)

    def get_identity(self, auto_schema: Any, direction: Any) -> Any:  # noqa: ARG002
        return self.target

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = model_json_schema(
            self.target,
            ref_template="#/components/schemas/{model}",
            mode="validation" if direction == "request" else "serialization",
        )
        for name, part in schema.pop("$defs", {}).items():
            auto_schema.registry.register_on_missing(
                ResolvedComponent(  # type: ignore[no-untyped-call]
                    name=name, type=ResolvedComponent.SCHEMA, object=name, schema=part
                )
            )
        return schema


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer rl_...`."""

    target_class = "provenance.api.authentication.BearerAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "bearerFormat": "rl_..."}
