"""Which page or export helps with which duty of which rule: a checklist, never a promise.

Whether the records suffice is for whoever has the duty, and their auditors, to say. The wording of
the rules is shortened; dates and articles are as of November 2026.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop


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
    gettext_noop("EU AI Act, Regulation (EU) 2024/1689"),
    gettext_noop(
        "As amended by Regulation (EU) 2026/1744, these articles apply from 2 December 2027"
        " (systems of Annex III) and 2 August 2028 (products of Annex I). They concern high-risk"
        " systems."
    ),
    (
        Duty(
            "Art. 12(1)",
            gettext_noop("Events are recorded automatically over the lifetime of the system."),
            gettext_noop(
                "Every retrieval, prompt and output is an event of the log; the completeness of"
                " what applications report is shown by application and day."
            ),
            "coverage",
            gettext_noop("Have every application report everything it does."),
        ),
        Duty(
            "Art. 12(2)",
            gettext_noop(
                "The records let risks, substantial modifications and the operation be monitored."
            ),
            gettext_noop(
                "This report lists changes of models and index; outputs carry tags and findings."
            ),
            "reports",
            gettext_noop("Decide what is a risk or a substantial modification, and tag it."),
        ),
        Duty(
            "Art. 14",
            gettext_noop("Natural persons oversee the system."),
            gettext_noop(
                "Queues, findings and signatures of reviewers, with name, time and meaning."
            ),
            "reviews",
            gettext_noop("Name reviewers who are able and entitled to object."),
        ),
        Duty(
            "Art. 19, 26(6)",
            gettext_noop("Logs are kept for at least six months."),
            gettext_noop(
                "Nothing is deleted by age; erasure is a decision of two people and is recorded."
            ),
            "log",
            gettext_noop("Keep backups and keys for as long as your duties last."),
        ),
        Duty(
            "Art. 26(5)",
            gettext_noop("Deployers monitor the operation."),
            gettext_noop(
                "Stale answers, unsupported sentences and reproductions name what to look at."
            ),
            "stale",
            gettext_noop("Look, and act on it."),
        ),
    ),
)
PART_11 = Rule(
    gettext_noop("21 CFR Part 11"),
    gettext_noop(
        "Electronic records and signatures in the United States, life sciences above all."
    ),
    (
        Duty(
            "11.10(a)",
            gettext_noop("Invalid or altered records can be discerned."),
            gettext_noop(
                "The log is recomputed from its bytes against signed checkpoints; the outcome is"
                " an event."
            ),
            "integrity",
            gettext_noop("Validate the installation for your use."),
        ),
        Duty(
            "11.10(b)",
            gettext_noop(
                "Accurate and complete copies, readable by people and in electronic form."
            ),
            gettext_noop(
                "The evidence of an output: a file with a report, the exact bytes and a verifier."
            ),
            "outputs",
            gettext_noop("Hand over the log's public key by another way than the file."),
        ),
        Duty(
            "11.10(e)",
            gettext_noop(
                "Secure, computer-generated, time-stamped audit trails that obscure nothing."
            ),
            gettext_noop(
                "The append-only log with actor and time on every event; older versions stay."
            ),
            "log",
            gettext_noop("Keep the machine's clock right."),
        ),
        Duty(
            "11.50, 11.70",
            gettext_noop("Signatures show name, time and meaning, and are bound to their record."),
            gettext_noop(
                "A signature names its meaning and the signed output's leaf hash, after the"
                " password was asked for again."
            ),
            "reviews",
            gettext_noop("Verify who somebody is before giving them an account."),
        ),
    ),
)
OTHERS = (
    Rule(
        gettext_noop("SEC Rule 17a-4(f)(2)(i)(A)"),
        gettext_noop(
            "Electronic records of brokers and dealers, by the alternative of an audit trail."
        ),
        (
            Duty(
                "(f)(2)(i)(A)",
                gettext_noop(
                    "All modifications and deletions, with time and person, so that the original"
                    " can be made again."
                ),
                gettext_noop(
                    "Versions are immutable, and every change is an event. An erasure destroys"
                    " what it erases: put a legal hold on what has to be kept."
                ),
                "holds",
                gettext_noop("Place the holds, and control who may erase."),
            ),
            Duty(
                "(f)(2)(ii)",
                gettext_noop("Completeness and accuracy of storing are verified automatically."),
                gettext_noop("The whole log is verified once a day, samples in between."),
                "integrity",
                gettext_noop("Watch the alarms."),
            ),
            Duty(
                "(f)(2)(iv)",
                gettext_noop("Records and audit trail can be downloaded in usable form."),
                gettext_noop("The evidence of an output, the lists, and the feed of events."),
                "outputs",
                gettext_noop("Keep a copy elsewhere: manage.py backup."),
            ),
        ),
    ),
    Rule(
        gettext_noop("HIPAA, 45 CFR 164.312"),
        gettext_noop("Security of electronic health information in the United States."),
        (
            Duty(
                "164.312(b)",
                gettext_noop(
                    "Activity in systems that hold such information is recorded and examined."
                ),
                gettext_noop(
                    "Sign-ins, views, exports and changes of access are events of the log."
                ),
                "looked_at",
                gettext_noop("Examine them; keep documentation for six years."),
            ),
            Duty(
                "164.312(c)",
                gettext_noop("The information is protected from improper alteration."),
                gettext_noop(
                    "Triggers refuse changes; signed checkpoints expose whoever gets round them."
                ),
                "integrity",
                gettext_noop("Protect the machine, the keys and the backups."),
            ),
        ),
    ),
    Rule(
        gettext_noop("ISO/IEC 42001:2023"),
        gettext_noop("Management systems for artificial intelligence."),
        (
            Duty(
                "A.6.2.8",
                gettext_noop("Event logs are kept at least while the system is in use."),
                gettext_noop(
                    "Handing in, indexing, retrieval, prompt, output and review are each recorded."
                ),
                "coverage",
                gettext_noop("Say in your statement of applicability which phases you record."),
            ),
        ),
    ),
    Rule(
        gettext_noop("GDPR, Regulation (EU) 2016/679"),
        gettext_noop("An encrypted record remains personal data while its key exists."),
        (
            Duty(
                "Art. 17",
                gettext_noop(
                    "Personal data is erased on request, where no duty to keep it stands against"
                    " it."
                ),
                gettext_noop(
                    "Erasure destroys keys under four eyes, and certifies what was affected."
                ),
                "erasures",
                gettext_noop(
                    "Decide on the request; describe keys and the life of backups in your"
                    " assessment."
                ),
            ),
        ),
    ),
)
RULES = (EU_AI_ACT, PART_11, *OTHERS)
