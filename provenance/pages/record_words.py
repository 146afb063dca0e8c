"""Words of the record that pages show as they stand: roles, states, outcomes, kinds."""

from django.utils.translation import gettext, gettext_noop

WORDS = frozenset(
    {
        # Roles.
        gettext_noop("administrator"),
        gettext_noop("reviewer"),
        gettext_noop("auditor"),
        # Documents and versions.
        gettext_noop("submitted"),
        gettext_noop("processed"),
        gettext_noop("searchable"),
        gettext_noop("failed"),
        gettext_noop("upcoming"),
        gettext_noop("expired"),
        gettext_noop("withdrawn"),
        gettext_noop("quarantined"),
        gettext_noop("erased"),
        gettext_noop("replaced"),
        gettext_noop("current"),
        gettext_noop("pending"),
        gettext_noop("unknown"),
        # Outputs.
        gettext_noop("complete"),
        gettext_noop("truncated"),
        gettext_noop("aborted"),
        gettext_noop("refused"),
        # Generations of the index.
        gettext_noop("building"),
        gettext_noop("built"),
        gettext_noop("verified"),
        gettext_noop("active"),
        gettext_noop("retired"),
        gettext_noop("cancelled"),
        gettext_noop("dropped"),
        gettext_noop("embedding"),
        gettext_noop("loading"),
        gettext_noop("indexing"),
        # Reproductions.
        gettext_noop("identical"),
        gettext_noop("reordered"),
        gettext_noop("different"),
        # Reviews.
        gettext_noop("approval"),
        gettext_noop("review"),
        gettext_noop("rejection"),
        gettext_noop("responsibility"),
        gettext_noop("minor"),
        gettext_noop("major"),
        gettext_noop("critical"),
        gettext_noop("requested"),
        gettext_noop("approved"),
        gettext_noop("rejected"),
        gettext_noop("released"),
        gettext_noop("restored"),
        # Kinds of records, and who vouches.
        gettext_noop("output"),
        gettext_noop("prompt"),
        gettext_noop("retrieval"),
        gettext_noop("document"),
        gettext_noop("version"),
        gettext_noop("event"),
        gettext_noop("witness"),
        gettext_noop("anchor"),
    }
)


def in_words(word: str) -> str:
    """In the reader's language; what is none of these words, as it is."""
    return gettext(word) if word in WORDS else word
