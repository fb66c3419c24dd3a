"""The city's statement on a proposal: written until the case is handed over or decided."""

from django.db import transaction

from offenbach_wir import events
from offenbach_wir.models import Event

from . import assessing, phases
from .models import Statement


class OverwritingError(Exception):
    """A colleague has saved meanwhile; `theirs` is the statement as it is now."""

    def __init__(self, theirs):
        self.theirs = theirs
        super().__init__(theirs.version)


def statement_of(proposal):
    return Statement.objects.filter(proposal=proposal).select_related("written_by").first()


@transaction.atomic
def save(proposal, *, verdict, text, seen, user, request=None):
    """Stores the statement; `seen` is the version that the person had before the eyes (0: none).

    Saving the same again changes nothing. Raises OverwritingError, phases.ClosedError,
    assessing.NotFreeError.
    """
    phases.locked_for(phases.Work.STATEMENT, proposal)
    declaration = assessing.declaration_of(proposal, user)
    if declaration and declaration.has_conflict:
        raise assessing.NotFreeError(assessing.hindrance_of(declaration))
    before = statement_of(proposal)
    if before and (before.verdict, before.text) == (verdict, text):
        return before
    if before and seen != before.version:
        raise OverwritingError(before)
    version = before.version + 1 if before else 1
    row, _created = Statement.objects.update_or_create(
        proposal=proposal,
        defaults={"verdict": verdict, "text": text, "version": version, "written_by": user},
    )
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=proposal,
        change="statement",
        version=row.version,
        old=before.verdict if before else "",
        new=verdict,
    )
    return row
