"""Settings that import without servers or secrets, for the type checker's Django plugin."""

import os

_THIRTY_TWO_BYTES = "A" * 43 + "="
os.environ.setdefault("RAGLEDGER_SECRET_KEY", "only-for-types")
os.environ.setdefault("RAGLEDGER_KEK", _THIRTY_TWO_BYTES)
os.environ.setdefault("RAGLEDGER_HASH_KEY", _THIRTY_TWO_BYTES)
os.environ.setdefault("DATABASE_URL", "postgresql:///types")
os.environ.setdefault("DATABASE_OWNER_URL", "postgresql:///types")
os.environ.setdefault("REDIS_URL", "unix:///types")

from provenance.settings import *  # noqa: E402, F403
