"""Keeps checkpoints in an S3 bucket with object lock; needs `pip install ragledger[s3]`."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from provenance.integrity.errors import NotReached
from provenance.integrity.models import SealedCheckpoint

ALREADY_THERE = {"PreconditionFailed", "ConditionalRequestConflict"}


@dataclass
class Bucket:
    """`place` is a bucket's name, with a prefix if wanted: `audit-logs/ragledger`.

    Each object is locked in compliance mode for `days`: not even the account's root removes it.
    """

    place: str
    days: int
    client: Any = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return f"bucket {self.place}"

    def push(self, checkpoint: SealedCheckpoint, note: str) -> None:
        bucket, _, prefix = self.place.partition("/")
        key = f"{checkpoint.origin}/{checkpoint.size:020d}.checkpoint"
        try:
            client = self.client or import_module("boto3").client("s3")
        except ImportError as error:
            raise NotReached("a bucket needs boto3: pip install 'ragledger[s3]'") from error
        failures = import_module("botocore.exceptions")
        try:
            client.put_object(
                Bucket=bucket,
                Key=f"{prefix}/{key}" if prefix else key,
                Body=note.encode(),
                ContentType="text/plain; charset=utf-8",
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=datetime.now(UTC) + timedelta(days=self.days),
            )
        except failures.ClientError as error:
            if error.response["Error"]["Code"] not in ALREADY_THERE:
                raise NotReached(str(error)) from error
        except failures.BotoCoreError as error:
            raise NotReached(str(error)) from error
