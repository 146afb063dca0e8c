"""What finding refuses."""


class ViewRefused(Exception):
    """A view cannot be saved so; `field` names what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
