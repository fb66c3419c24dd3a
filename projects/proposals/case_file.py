"""The file of a case for an auditor: its history, reasons and notes, and what was handed in.

Three kinds of entries: the history as a table, everything as JSON, and each version exactly as its
checksum was made of it. Enclosures come with "everything" of the proposal.
"""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from offenbach_wir.tables import csv_lines

from . import archive, case_history

FORMAT = "wir-case-file/1"
# What is read of each kind of record beside the ids; names of people are looked up.
RECORDS = {
    "notes": "text written_at author",
    "step_reasons": "step_number text",
    "messages": "text sent_at is_from_office author",
    "checklist_answers": "item verdict note answered_at answered_by",
    "conflict_declarations": "person has_conflict reason declared_at",
    "scores": "criterion assessor points most_points reason scored_at",
    "supplements": "message due_on sections requested_at requested_by ended_at",
    "decisions": "kind decided_on file_reference amount starts_on ends_on conditions naming_duty"
    " interim_due_on proof_due_on reasons ways_on letter_name fund prepared_by prepared_at"
    " confirmed_by in_force_at ended_at",
    "duties": "kind who due_on note done_at",
    "changes": "text changes_money changes_time changes_content new_total_costs new_ends_on state"
    " sent_at sent_by answer answered_at answered_by",
    "disbursements": "amount purpose state requested_at requested_by paid_on answer answered_at"
    " answered_by",
    "reports": "kind narrative created_at submitted_at submitted_by final_grant result_note"
    " checked_at checked_by repaid_on units",
}
SINGLE = {
    "statement": "verdict text version written_at written_by",
    "handover": "recipient handed_over_on note statement checksum recorded_at recorded_by",
    "early_start": "permitted_from permitted_on file_reference recorded_at recorded_by",
    "acceptance": "account_holder iban accepted_at accepted_by",
}


def zip_of(proposal):
    """The bytes of the ZIP file in parts."""
    rows = case_history.rows_of(proposal, case_history.events_of(proposal), with_scores=True)
    members = [
        archive.of_bytes("verlauf.csv", "".join(csv_lines(_table(rows))).encode()),
        archive.of_text("akte.json", json.dumps(data_of(proposal, rows), **AS_JSON)),
    ]
    members += [
        archive.of_text(f"fassung-{version.number}.json", version.content)
        for version in proposal.versions.order_by("number").iterator(chunk_size=1)
    ]
    return archive.streamed(members, timezone.now())


AS_JSON = {"cls": DjangoJSONEncoder, "ensure_ascii": False, "indent": 1}


def _table(rows):
    yield [_("Time"), _("Who"), _("What"), _("From what to what"), _("Reason or note")]
    for row in rows:
        at = timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")
        yield [at, row.who, str(row.what), "\n".join(row.changes), row.reason]


def data_of(proposal, rows):
    """Everything colleagues have written and decided, as plain values."""
    return {
        "format": FORMAT,
        "reference": proposal.reference,
        "title": proposal.title,
        "organisation": proposal.applicant.name,
        "funding_line": proposal.funding_line.slug if proposal.funding_line else None,
        "state": proposal.state,
        "looked_after_by": _plain(proposal.assignee),
        "labels": [label.name for label in proposal.labels.all()],
        "locked_because": proposal.locked_because,
        "made_at": timezone.now(),
        "history": [
            {
                "at": row.at,
                "who": row.who,
                "what": str(row.what),
                "changes": list(row.changes),
                "reason": row.reason,
            }
            for row in rows
        ],
        **{name: _single(getattr(proposal, name, None), fields) for name, fields in SINGLE.items()},
        **{name: _many(getattr(proposal, name), fields) for name, fields in RECORDS.items()},
    }


def _many(manager, fields):
    known = {name: manager.model._meta.get_field(name) for name in fields.split()}
    rows = manager.all()
    if related := [name for name, field in known.items() if field.many_to_one or field.one_to_one]:
        rows = rows.select_related(*related)
    if several := [name for name, field in known.items() if field.one_to_many]:
        rows = rows.prefetch_related(*several)
    return [_single(row, fields) for row in rows]


def _single(row, fields):
    if row is None:
        return None
    return {name: _plain(getattr(row, name)) for name in fields.split()}


def _plain(value):
    """Rows by their names; everything else as it is."""
    if hasattr(value, "all"):
        return [str(row) for row in value.all()]
    return str(value) if hasattr(value, "_meta") else value
