"""What tests of coverage share: an index with two documents in it."""

from tests.recording.conftest import documents

__all__ = ["documents"]
