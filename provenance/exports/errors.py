"""What can go wrong when evidence is made."""


class EvidenceBroken(Exception):
    """The log does not bear out what it says of an output: run manage.py verify_log."""
