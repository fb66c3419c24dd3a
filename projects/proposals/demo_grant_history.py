"""Histories of the demo's cases: hand-over, decision, money, changes and reports."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from offenbach_wir import events
from offenbach_wir.models import Event
from projects.models import Project

from . import (
    assessing,
    changes,
    decisions,
    due_dates,
    grants,
    handing_over,
    payments,
    report_saving,
    reports,
)
from .demo_history import APPROVER, COORDINATION, action
from .models import (
    Acceptance,
    ActualItem,
    ActualUnits,
    ChangeNotice,
    CityFund,
    Disbursement,
    Handover,
    Report,
    Voucher,
)

# The well-known example: it adds up and belongs to nobody.
IBAN = "DE89370400440532013000"
USUAL_FUNDER = "Gefördert von der Stadt Offenbach am Main (erfundenes Beispiel)"
TEXTS_OF_A_DECISION = ("conditions", "file_reference", "reasons", "ways_on")


# --- Handed over, decided, accepted -------------------------------------------------------------
@action
def hand_over(entry):
    """With the letter; on a machine without fonts the hand-over has none."""
    proposal, recipient, user = entry.proposal, settings.GRANTING_AUTHORITY, entry.by(COORDINATION)
    text = handing_over.statement_of(proposal)
    try:
        outgoing = handing_over.outgoing(proposal, recipient=recipient, on=entry.today)
    except handing_over.NotReadyError:
        parts = {"version": proposal.versions.first(), "checksum": ""}
    else:
        letter = handing_over.keep_letter(outgoing.letter)
        parts = {
            "version": outgoing.version,
            "letter": letter,
            "checksum": outgoing.zip.checksum(),
        }

    def work(locked, now):
        row = Handover.objects.create(
            proposal=locked,
            recipient=recipient,
            handed_over_on=entry.today,
            note=entry.row.get("text", ""),
            statement=text,
            recorded_by=user,
            **parts,
        )
        return {"handover": row.pk, "checksum": row.checksum}

    entry.step("hand_over", work)


def _decide(entry, key):
    row, user, proposal = entry.row, entry.by(COORDINATION), entry.proposal
    fields = {name: row[name] for name in TEXTS_OF_A_DECISION if name in row}
    kind = "approval" if "amount" in row else "rejection"
    if kind == "approval":
        fields |= {
            "amount": Decimal(row["amount"]),
            "starts_on": proposal.starts_on,
            "ends_on": proposal.ends_on,
            "proof_due_on": decisions.proof_due_on(proposal, proposal.ends_on),
            "naming_duty": row.get("naming_duty", USUAL_FUNDER),
        }
        if "interim_months" in row:
            fields["interim_due_on"] = due_dates.months_after(
                proposal.starts_on, row["interim_months"]
            )
        if "fund" in row:
            fields["fund"] = CityFund.objects.filter(name=row["fund"]).first()

    def work(locked, now):
        return decisions.prepare(locked, user=user, kind=kind, decided_on=entry.today, **fields)

    entry.step(key, work)


@action
def prepare_decision(entry):
    _decide(entry, "prepare_decision")


@action
def record_approval(entry):
    _decide(entry, "record_approval")


@action
def record_rejection(entry):
    _decide(entry, "record_rejection")


@action
def confirm_approval(entry):
    """The second person declares to be free, then confirms."""
    approver = entry.by(APPROVER)
    assessing.declare(entry.proposal, user=approver, has_conflict=False)
    entry.step("confirm_approval", user=approver)


@action
def accept_grant(entry):
    def work(proposal, now):
        Acceptance.objects.create(
            proposal=proposal,
            account_holder=proposal.applicant.name,
            iban=IBAN,
            accepted_by=entry.writer,
        )

    entry.step("accept_grant", work, user=entry.writer)


@action
def link_project(entry):
    """An example project that is public already is the one of this case."""
    project = Project.objects.get(slug=entry.row["project"])
    if hasattr(project, "proposal"):
        return
    entry.proposal.project = project
    entry.proposal.save(update_fields=["project"])
    events.record(
        Event.Kind.CASE_CHANGED,
        actor=entry.by(COORDINATION),
        subject=entry.proposal,
        change="project",
        project=project.pk,
    )


# --- Money, changes, reports --------------------------------------------------------------------
@action
def ask_money(entry):
    payments.ask(
        entry.proposal,
        Decimal(entry.row["amount"]),
        entry.row["text"],
        user=entry.writer,
        form_key=entry.key,
    )


def _open_request(entry):
    rows = entry.proposal.disbursements.filter(state=Disbursement.State.REQUESTED)
    return rows.select_related("proposal").first()


@action
def pay(entry):
    payments.pay(_open_request(entry), paid_on=entry.today, user=entry.by(COORDINATION))


@action
def refuse(entry):
    payments.refuse(_open_request(entry), entry.row["text"], user=entry.by(COORDINATION))


@action
def tell_change(entry):
    flags = {f"changes_{what}": True for what in entry.row["of"]}
    changes.tell(
        entry.proposal, user=entry.writer, form_key=entry.key, text=entry.row["text"], **flags
    )


@action
def agree(entry):
    notice = entry.proposal.changes.filter(state=ChangeNotice.State.ASKED).first()
    text, user = entry.row["text"], entry.by(COORDINATION)
    changes.answer(notice, ChangeNotice.State.AGREED, text, user=user)


@dataclass
class _Written:
    """A report as its form hands it to report_saving.save. What costs something else than planned
    is named in `actual`; of the grant, what was paid counts.
    """

    proposal: object
    kind: str
    narrative: str
    actual: dict
    vouchers: list
    units: list
    seen: int = 0

    def items(self):
        return list(self._items())

    def _items(self):
        for side, lines in reports.plan_of(self.proposal).lines.items():
            for line in lines:
                yield ActualItem(
                    side=reports.SIDES[side],
                    kind=line.kind,
                    description=line.label,
                    year=line.year,
                    planned=line.planned,
                    actual=self._actual(line),
                )

    def _actual(self, line):
        if line.label in self.actual:
            return Decimal(self.actual[line.label])
        is_grant = line.kind == "state_funds"
        return grants.paid(self.proposal) if is_grant else line.planned

    def units_typed(self):
        """In the order of the rates: [[units, people], …]; as approved unless said otherwise."""
        rates = reports.plan_of(self.proposal).rates
        said = self.units or [[rate.units, rate.times] for _place, rate in rates]
        return [
            ActualUnits(place=place, units=Decimal(units), people=int(people))
            for (place, _rate), (units, people) in zip(rates, said, strict=True)
        ]

    def vouchers_typed(self):
        return self.vouchers


def _write_report(entry, kind):
    vouchers = [
        Voucher(paid_on=entry.day(-days), payee=payee, reason=reason, amount=Decimal(amount))
        for days, payee, reason, amount in entry.row.get("vouchers", [])
    ]
    actual = entry.row.get("actual", {})
    units = entry.row.get("units", [])
    typed = _Written(entry.proposal, kind, entry.row["text"], actual, vouchers, units)
    report_saving.save(typed, user=entry.writer)


@action
def hand_in_interim(entry):
    _write_report(entry, Report.Kind.INTERIM)
    report_saving.hand_in_interim(entry.proposal, user=entry.writer)


@action
def write_proof(entry):
    """Begun, not handed in."""
    _write_report(entry, Report.Kind.PROOF)


@action
def hand_in_proof(entry):
    _write_report(entry, Report.Kind.PROOF)

    def work(proposal, now):
        return report_saving.hand_in_proof(proposal, user=entry.writer, now=now)

    entry.step("hand_in_proof", work, user=entry.writer)


@action
def check_proof(entry):
    user = entry.by(COORDINATION)

    def work(proposal, now):
        proposal.reports.filter(kind=Report.Kind.PROOF).update(
            final_grant=Decimal(entry.row["final"]),
            result_note=entry.row["text"],
            checked_at=now,
            checked_by=user,
        )

    entry.step("check_proof", work)
