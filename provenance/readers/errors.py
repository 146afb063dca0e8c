"""What can be refused around guests.

GuestRefused
├── NameRefused      the guest's name is empty or too long
├── ScopeRefused     neither one case nor one range of time
├── ExpiryRefused    the link would never open, or stay open too long
├── GuestUnknown     there is no such guest
├── AlreadyRevoked   the link opens nothing any more
└── LinkUnknown      the link opens nothing: it is wrong, expired or revoked
"""

from uuid import UUID


class GuestRefused(Exception):
    """Nothing was changed."""


class NameRefused(GuestRefused):
    """A guest is named, so that the log tells who looked."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A name has 1 to {most} printable characters.")


class ScopeRefused(GuestRefused):
    """A guest reads the outputs of one case, or of one range of time."""

    def __init__(self) -> None:
        super().__init__("Choose a case, or a range of time that begins before it ends.")


class ExpiryRefused(GuestRefused):
    """A link opens for a limited time."""

    def __init__(self, most_days: int) -> None:
        super().__init__(f"A link opens for 1 to {most_days} days.")


class GuestUnknown(GuestRefused):
    """There is no such guest."""

    def __init__(self, guest_id: UUID) -> None:
        super().__init__(f"There is no guest {guest_id}.")


class AlreadyRevoked(GuestRefused):
    """What is revoked stays so."""

    def __init__(self) -> None:
        super().__init__("This link was revoked before.")


class LinkUnknown(GuestRefused):
    """Why is not said: a stranger learns nothing of links that once opened."""

    def __init__(self) -> None:
        super().__init__("This link opens nothing.")
