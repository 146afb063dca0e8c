"""Bytes to text: the byte order mark, the declared character set, UTF-8, then a guess."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from ingestion.extraction.extracted import ExtractionFailed, counted

# UTF-32 first: its little-endian mark begins with UTF-16's. A UTF-8 mark stays in the text as
# U+FEFF, for "nothing stripped"; in UTF-16 and UTF-32 it names the byte order and is no text.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
# More damage than this and it is no text at all.
MAX_REPLACED_SHARE = 0.2
MAX_CONTROL_SHARE = 0.05
GUESSED_BYTES = 256 * 1024
MULTIBYTE = frozenset({"cp932", "euc_jp", "gb18030", "big5", "euc_kr"})
CANDIDATES = MULTIBYTE | {
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "koi8_r",
}
MIN_COHERENCE = 0.2
# Western and Central European bytes look alike to the detector; read wrongly, letters turn into
# signs: "miesi\u00b9ce".
SIGN_INSIDE_A_WORD = re.compile(
    r"[^\W\d_][\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7][^\W\d_]"
)


@dataclass(frozen=True)
class Decoded:
    text: str
    warnings: tuple[str, ...] = ()


def decoded_as_stated(content: bytes, *, charset: str | None = None) -> str | None:
    """The text if mark, declaration or UTF-8 decode it without any doubt, else None."""
    marked = _mark(content)
    for encoding in (marked,) if marked else (charset, "utf-8"):
        if encoding is not None:
            try:
                return content.decode(encoding)
            except UnicodeError:
                continue
    return None


def decode(content: bytes, *, charset: str | None = None) -> Decoded:
    """The text of any bytes that are text. Raises ExtractionFailed."""
    text = decoded_as_stated(content, charset=charset)
    decoded = _guessed(content) if text is None else Decoded(text)
    refuse_binary(decoded.text)
    return decoded


def refuse_binary(text: str) -> None:
    """Raises ExtractionFailed for what only decodes by chance."""
    if "\0" in text:
        raise ExtractionFailed(
            "binary",
            "The file holds NUL characters, which no text has:"
            " it is binary, or in an encoding that it does not state.",
        )
    controls = sum(
        1
        for character in text[:GUESSED_BYTES]
        if character < " " and character not in "\t\n\r\f\v\x1b"
    )
    if controls > MAX_CONTROL_SHARE * min(len(text), GUESSED_BYTES):
        raise ExtractionFailed("binary", "The file is full of control characters: it is no text.")


def _mark(content: bytes) -> str | None:
    return next((name for mark, name in MARKS if content.startswith(mark)), None)


def _guessed(content: bytes) -> Decoded:
    marked = _mark(content)
    guess = None if marked else _guess(content)
    if guess is not None:
        return Decoded(
            content.decode(guess),
            (f"The file states no encoding and is not UTF-8: it was read as {guess}.",),
        )
    text = content.decode(marked or "utf-8", "replace")
    replaced = text.count("\ufffd")
    if replaced > MAX_REPLACED_SHARE * len(text):
        raise ExtractionFailed("binary", "The file is not text in any encoding known here.")
    damage = counted(replaced, "place is", "places are")
    return Decoded(text, (f"{damage} not valid {marked or 'utf-8'} and shown as U+FFFD.",))


def _guess(content: bytes) -> str | None:
    """An encoding that decodes everything, if the bytes speak for one clearly."""
    best = from_bytes(content[:GUESSED_BYTES], cp_isolation=list(CANDIDATES)).best()
    if best is None or (best.encoding not in MULTIBYTE and best.coherence < MIN_COHERENCE):
        return None
    names = ("cp1252", "cp1250") if best.encoding == "cp1250" else (best.encoding,)
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeError:
            continue
        if name != "cp1252" or not SIGN_INSIDE_A_WORD.search(text):
            return name
    return None
