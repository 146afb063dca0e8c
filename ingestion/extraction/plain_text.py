"""Plain text: the text is the content itself, decoded, with nothing stripped."""

from ingestion.extraction.decoding import decode
from ingestion.extraction.extracted import Extracted


class PlainTextExtractor:
    name = "ragledger-plain-text"
    version = "1"

    def extract(self, content: bytes, *, charset: str | None) -> Extracted:
        decoded = decode(content, charset=charset)
        return Extracted(text=decoded.text, warnings=decoded.warnings)


EXTRACTOR = PlainTextExtractor()
