"""The review of an output as a guest of its case reads it: what was found, and who signed what."""

from typing import Any
from uuid import UUID

from provenance.cases.record import review_as_json
from provenance.cases.reviewing import read_review
from provenance.pages.reviewing import with_names
from provenance.readers.guests import Guest

Json = dict[str, Any]


def review_for(guest: Guest, output_id: UUID) -> Json | None:
    """None where nobody reviewed it, and where it is not the guest's to read.

    Masks find patterns in texts of the record, not what reviewers say of it in their own words: of
    a redacted record there is no review. Nor for guests of a range of time: a case is shown whole.
    """
    if guest.redacted or guest.scope.case_id is None:
        return None
    events, _ = read_review(output_id)
    return with_names(review_as_json(output_id, events)) if events else None
