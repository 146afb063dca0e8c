"""What can go wrong when one machine runs its own servers; each message is one clear line.

EmbeddedError
├── ServerUserMissing
├── ServerDidNotStart
├── SecretMissing
├── IncompleteServers
├── ServiceDidNotAnswer
├── HomeInUse
├── HomeUnusable
└── PortTaken
"""

from pathlib import Path


class EmbeddedError(Exception):
    """Ends a start with its message as the only line."""


class ServerUserMissing(EmbeddedError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root and no user '{name}' could be created for it: "
            f"create that user, or run RAGLedger as an ordinary user."
        )


class ServerDidNotStart(EmbeddedError):
    def __init__(self, server: str, log: Path, reason: str) -> None:
        super().__init__(f"{server} did not start: {reason} (see {log})")


class SecretMissing(EmbeddedError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is missing, but the data it belongs to is there: put the file back from "
            f"your backup, or choose another RAGLEDGER_HOME."
        )


class IncompleteServers(EmbeddedError):
    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"{', '.join(missing)} not set: set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL "
            f"together to use your own servers, or none of them to use the embedded ones."
        )


class ServiceDidNotAnswer(EmbeddedError):
    def __init__(self, address: str, seconds: float, logs: Path) -> None:
        super().__init__(f"{address} did not answer within {seconds:.0f} s (see {logs}/web.log).")


class HomeInUse(EmbeddedError):
    def __init__(self, home: Path) -> None:
        super().__init__(f"RAGLedger already runs on {home}: stop it, or choose another home.")


class HomeUnusable(EmbeddedError):
    def __init__(self, home: Path, reason: str) -> None:
        super().__init__(f"{home} cannot be made or used: {reason}. Set RAGLEDGER_HOME to another.")


class PortTaken(EmbeddedError):
    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken: stop what listens there, or set PORT to another.")
