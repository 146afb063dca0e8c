"""What is wrong with characters: which are replaced in derived text, which are warned of."""

import re

# C0 and C1 controls but for tab and line feed; the private ones of no meaning in text.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Zero-width characters and direction overrides: what is seen differs from what is stored.
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)


def cleaned(text: str) -> str:
    """Derived text without lone surrogates and controls; surrogate pairs become characters."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))


def warnings_about(text: str) -> tuple[str, ...]:
    """Warnings for what a reader cannot see: a leading byte order mark is no surprise."""
    found = len(INVISIBLE.findall(text, 1))
    if not found:
        return ()
    warning = (
        f"The text holds {found} invisible or direction-changing characters:"
        " what is shown may differ from what is stored."
    )
    return (warning,)
