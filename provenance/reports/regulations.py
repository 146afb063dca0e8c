"""Which page or export helps with which duty of which rule: a checklist, never a promise.

Whether the records suffice is for whoever has the duty, and their auditors, to say. The wording of
the rules is shortened; dates and articles are as of November 2026.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Duty:
    """What a rule asks in short, what here helps with it, and the name of the page to open."""

    article: str
    asks: str
    helps: str
    page: str
    yours: str

    @property
    def address(self) -> str:
        return f"pages:{self.page}"


@dataclass(frozen=True)
class Rule:
    """A law or a standard, with what has to be said about it first."""

    name: str
    note: str
    duties: tuple[Duty, ...]


EU_AI_ACT = Rule(
    "EU AI Act, Regulation (EU) 2024/1689",
    "As amended by Regulation (EU) 2026/1744, these articles apply from 2 December 2027 (systems of"
    " Annex III) and 2 August 2028 (products of Annex I). They concern high-risk systems.",
    (
        Duty(
            "Art. 12(1)",
            "Events are recorded automatically over the lifetime of the system.",
            "Every retrieval, prompt and output is an event of the log; the completeness of what"
            " applications report is shown by application and day.",
            "coverage",
            "Have every application report everything it does.",
        ),
        Duty(
            "Art. 12(2)",
            "The records let risks, substantial modifications and the operation be monitored.",
            "This report lists changes of models and index; outputs carry tags and findings.",
            "reports",
            "Decide what is a risk or a substantial modification, and tag it.",
        ),
        Duty(
            "Art. 14",
            "Natural persons oversee the system.",
            "Queues, findings and signatures of reviewers, with name, time and meaning.",
            "reviews",
            "Name reviewers who are able and entitled to object.",
        ),
        Duty(
            "Art. 19, 26(6)",
            "Logs are kept for at least six months.",
            "Nothing is deleted by age; erasure is a decision of two people and is recorded.",
            "log",
            "Keep backups and keys for as long as your duties last.",
        ),
        Duty(
            "Art. 26(5)",
            "Deployers monitor the operation.",
            "Stale answers, unsupported sentences and reproductions name what to look at.",
            "stale",
            "Look, and act on it.",
        ),
    ),
)
PART_11 = Rule(
    "21 CFR Part 11",
    "Electronic records and signatures in the United States, life sciences above all.",
    (
        Duty(
            "11.10(a)",
            "Invalid or altered records can be discerned.",
            "The log is recomputed from its bytes against signed checkpoints; the outcome is an"
            " event.",
            "integrity",
            "Validate the installation for your use.",
        ),
        Duty(
            "11.10(b)",
            "Accurate and complete copies, readable by people and in electronic form.",
            "The evidence of an output: a file with a report, the exact bytes and a verifier.",
            "outputs",
            "Hand over the log's public key by another way than the file.",
        ),
        Duty(
            "11.10(e)",
            "Secure, computer-generated, time-stamped audit trails that obscure nothing.",
            "The append-only log with actor and time on every event; older versions stay.",
            "log",
            "Keep the machine's clock right.",
        ),
        Duty(
            "11.50, 11.70",
            "Signatures show name, time and meaning, and are bound to their record.",
            "A signature names its meaning and the signed output's leaf hash, after the password"
            " was asked for again.",
            "reviews",
            "Verify who somebody is before giving them an account.",
        ),
    ),
)
OTHERS = (
    Rule(
        "SEC Rule 17a-4(f)(2)(i)(A)",
        "Electronic records of brokers and dealers, by the alternative of an audit trail.",
        (
            Duty(
                "(f)(2)(i)(A)",
                "All modifications and deletions, with time and person, so that the original can"
                " be made again.",
                "Versions are immutable, and every change is an event. An erasure destroys what it"
                " erases: put a legal hold on what has to be kept.",
                "holds",
                "Place the holds, and control who may erase.",
            ),
            Duty(
                "(f)(2)(ii)",
                "Completeness and accuracy of storing are verified automatically.",
                "The whole log is verified once a day, samples in between.",
                "integrity",
                "Watch the alarms.",
            ),
            Duty(
                "(f)(2)(iv)",
                "Records and audit trail can be downloaded in usable form.",
                "The evidence of an output, the lists, and the feed of events.",
                "outputs",
                "Keep a copy elsewhere: manage.py backup.",
            ),
        ),
    ),
    Rule(
        "HIPAA, 45 CFR 164.312",
        "Security of electronic health information in the United States.",
        (
            Duty(
                "164.312(b)",
                "Activity in systems that hold such information is recorded and examined.",
                "Sign-ins, views, exports and changes of access are events of the log.",
                "looked_at",
                "Examine them; keep documentation for six years.",
            ),
            Duty(
                "164.312(c)",
                "The information is protected from improper alteration.",
                "Triggers refuse changes; signed checkpoints expose whoever gets round them.",
                "integrity",
                "Protect the machine, the keys and the backups.",
            ),
        ),
    ),
    Rule(
        "ISO/IEC 42001:2023",
        "Management systems for artificial intelligence.",
        (
            Duty(
                "A.6.2.8",
                "Event logs are kept at least while the system is in use.",
                "Handing in, indexing, retrieval, prompt, output and review are each recorded.",
                "coverage",
                "Say in your statement of applicability which phases you record.",
            ),
        ),
    ),
    Rule(
        "GDPR, Regulation (EU) 2016/679",
        "An encrypted record remains personal data while its key exists.",
        (
            Duty(
                "Art. 17",
                "Personal data is erased on request, where no duty to keep it stands against it.",
                "Erasure destroys keys under four eyes, and certifies what was affected.",
                "erasures",
                "Decide on the request; describe keys and the life of backups in your assessment.",
            ),
        ),
    ),
)
RULES = (EU_AI_ACT, PART_11, *OTHERS)
