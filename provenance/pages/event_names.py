"""What happened, in words, for each type of event."""

import re

WORDS = {
    "DocumentSubmitted": "Document handed in",
    "DocumentDescribed": "Document described anew",
    "DocumentProcessed": "Text and passages extracted",
    "ChunksEmbedded": "Passages embedded",
    "DocumentIndexed": "Version searchable",
    "DocumentFailed": "Processing failed",
    "DocumentRetried": "Processing retried",
    "DocumentWithdrawn": "Document withdrawn",
    "RetrievalServed": "Retrieval served",
    "RetrievalReported": "Retrieval reported",
    "RetrievalResolved": "Retrieval resolved to versions",
    "DocumentRetrieved": "Version retrieved",
    "PromptReported": "Prompt reported",
    "PromptAssembled": "Prompt mapped to passages",
    "OutputReported": "Output reported",
    "OutputAttributed": "Sentences attributed",
    "UserCreated": "Person added",
    "RoleChanged": "Role changed",
    "ApiKeyCreated": "API key created",
    "ApiKeyRevoked": "API key revoked",
    "CollectionCreated": "Collection created",
    "AccessGranted": "Access granted",
    "AccessRevoked": "Access revoked",
    "SignedIn": "Person signed in",
    "SignInFailed": "Sign-in failed",
    "EvidenceExported": "Evidence taken away",
    "CheckpointPublished": "Checkpoint published",
    "LogVerified": "Log verified",
    "SigningKeyRotated": "Signing key rotated",
    "EffectiveDatesPassed": "Effective dates passed",
    "SubjectKeyDestroyed": "Key destroyed: the text is erased",
    "ErasureRequested": "Erasure asked for",
    "ErasureApproved": "Erasure approved",
    "ErasureRejected": "Erasure rejected",
    "ErasureStarted": "Erasure started",
    "ErasureExecuted": "Erasure carried out",
    "ErasureCertified": "Erasure certified",
    "HoldPlaced": "Legal hold placed",
    "HoldReleased": "Legal hold released",
    "IndexGenerationStarted": "Index generation started",
    "IndexGenerationBuilt": "Index generation built",
    "IndexGenerationVerified": "Index generation compared with the log: equal",
    "IndexGenerationFailed": "Index generation refused",
    "IndexGenerationActivated": "Searches switched to an index generation",
    "IndexActivationRequested": "Activation of an index generation asked for",
    "RetrievalReproduced": "Retrieval run again",
    "ReproductionUnexplained": "Retrieval came out otherwise, unexplained",
    "LogRestored": "Log restored from a backup",
}
# Recorded by the pipeline from other events, not by a person or an application.
DERIVED = frozenset(
    {
        "DocumentProcessed",
        "ChunksEmbedded",
        "DocumentIndexed",
        "DocumentFailed",
        "RetrievalResolved",
        "DocumentRetrieved",
        "PromptAssembled",
        "OutputAttributed",
        "EffectiveDatesPassed",
        "IndexGenerationBuilt",
        "IndexGenerationVerified",
        "IndexGenerationFailed",
        "SubjectKeyDestroyed",
        "ErasureStarted",
        "ErasureExecuted",
        "ErasureCertified",
    }
)


def in_words(event_type: str) -> str:
    """The sentence for a type; a type without one is spelled out: `LogVerified`, "Log verified"."""
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", event_type).capitalize()
    return WORDS.get(event_type, spelled)
