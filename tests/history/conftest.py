"""History is told of what recording recorded: both share their documents."""

from tests.recording.conftest import documents

__all__ = ["documents"]
