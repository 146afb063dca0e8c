"""What gunicorn logs with; an access log is written only where somebody asks for one."""

from gunicorn.glogging import Logger

from provenance.link_secrets import WithoutSecrets


class WebLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own, less the secrets of links."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.addFilter(WithoutSecrets())
