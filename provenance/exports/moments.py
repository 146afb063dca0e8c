"""Times as the report writes them."""


def moment(instant: str) -> str:
    """`2026-11-25 14:03:22 UTC` of `2026-11-25T14:03:22.417000Z`."""
    return f"{instant[:10]} {instant[11:19]} UTC"
