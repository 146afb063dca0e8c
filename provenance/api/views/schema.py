"""The interface described: OpenAPI 3.1, and the same for people, from this server's own files."""

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Schema(SpectacularAPIView):
    """JSON, or YAML for who asks for `application/vnd.oai.openapi`."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]  # noqa: RUF012 - as declared above
    schema = None


class Docs(SpectacularSwaggerSplitView):
    """The operations with their fields, to read and to try."""

    authentication_classes = ()
    permission_classes = ()
    url_name = "api:schema"
    schema = None
