"""Finds people who have an account, for those who may know what others do."""

from provenance.accounts.access import Principal
from provenance.accounts.models import User
from provenance.finding.hits import SHOWN, Group, Hit, counted
from provenance.finding.question import Question


def people(question: Question, principal: Principal) -> Group:
    if principal.collections is not None or question.is_exact:
        return Group("person", (), 0)
    found = User.objects.filter(username__icontains=question.text)
    hits = [
        Hit("person", row.id, row.username, note=str(row.role))
        for row in found.order_by("username")[:SHOWN]
    ]
    return Group("person", hits, counted(found))
