"""What a decision may say: how much at most, from which of the city's funds, which ways lead on."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.translation import gettext as _

from offenbach_wir import enclosure_files, scanner
from offenbach_wir.money import format_to_the_cent

from . import due_dates
from .models import CityFund, Decision

USUAL_PROOF_MONTHS = 3


@dataclass(frozen=True)
class Limits:
    """What was asked for and what the terms of the case allow, in euros; None where not known."""

    requested: Decimal | None
    allowed: Decimal | None

    def exceeded_by(self, amount):
        """The sentences against that amount; none where it is within the limits."""
        found = []
        if self.requested is not None and amount > self.requested:
            found.append(
                _("That is more than was asked for: %(sum)s.")
                % {"sum": format_to_the_cent(self.requested)}
            )
        if self.allowed is not None and amount > self.allowed:
            found.append(
                _("By the rates that held when it was handed in, at most %(sum)s are paid.")
                % {"sum": format_to_the_cent(self.allowed)}
            )
        return found


def limits_of(proposal):
    """From the newest version, which keeps the terms of its day, whatever becomes of the line."""
    version = proposal.versions.first()
    if version is None:
        return Limits(None, None)
    result = version.data["plan"]["result"]
    allowed = result["allowed_share"]
    return Limits(Decimal(result["requested_share"]), Decimal(allowed) if allowed else None)


def proof_months(proposal):
    return proposal.terms.proof_months if proposal.terms else USUAL_PROOF_MONTHS


def proof_due_on(proposal, ends_on):
    return due_dates.proof_due_on(ends_on, proof_months(proposal))


def shown_decision(proposal):
    """What the organisation sees: the decision in force, never one that is still prepared."""
    decisions = proposal.decisions.filter(in_force_at__isnull=False, ended_at=None)
    return decisions.select_related("fund").first()


def ever_in_force(proposal):
    """Letters of these may be read by the organisation, also after an amendment."""
    return proposal.decisions.filter(in_force_at__isnull=False)


# --- Funds ------------------------------------------------------------------------------------
def funds_for(proposal, today):
    """The city's funds that could pay: of this year or those of the project, for its area, with
    money left.
    """
    years = {today.year}
    if proposal.starts_on and proposal.ends_on:
        years.update(range(proposal.starts_on.year, proposal.ends_on.year + 1))
    of_the_area = Q(district=None) | Q(district__in=proposal.districts.values("pk"))
    return (
        CityFund.objects.filter(of_the_area, is_in_use=True, year__in=years)
        .filter(committed__lt=F("amount"))
        .select_related("district")
    )


def against_fund(fund, amount, *, committed_already=Decimal(0)):
    """The sentences against taking that amount out of the fund; an amendment has
    `committed_already`.
    """
    found = []
    if fund.most_per_project is not None and amount > fund.most_per_project:
        found.append(
            _("“%(fund)s” pays at most %(sum)s for a project.")
            % {"fund": fund, "sum": format_to_the_cent(fund.most_per_project)}
        )
    if amount - committed_already > fund.left:
        found.append(
            _("“%(fund)s” has %(sum)s left.")
            % {"fund": fund, "sum": format_to_the_cent(fund.left + committed_already)}
        )
    return found


# --- Ways on ----------------------------------------------------------------------------------
def suggested_ways_on(proposal):
    """Friendly sentences to begin with; whoever decides changes them."""
    return "\n".join(
        (
            _(
                "A rejection is no judgement on your commitment. Please talk with us: the WIR "
                "coordination explains the decision and thinks ahead with you."
            ),
            _("Another funding line may fit better. The portal compares all of them."),
            _(
                "You can begin a new proposal from this one and hand it in by the next last day. "
                "Your answers come along."
            ),
        )
    )


# --- The letter -------------------------------------------------------------------------------
def checked_letter(upload):
    """The CheckedFile of a PDF that may be kept; ValidationError in words for everything else.

    A letter is passed on at once, therefore one that cannot be scanned now is refused.
    """
    checked = enclosure_files.check_enclosure(upload)
    if checked.extension != "pdf":
        raise ValidationError(_("Please choose the letter as a PDF."))
    verdict = scanner.scan(checked.file)
    if verdict.state == scanner.State.INFECTED:
        raise ValidationError(_("A virus was found in this file. It was not kept."))
    if not verdict.may_be_passed_on:
        raise ValidationError(
            _("This file could not be checked for viruses just now. Please try again later.")
        )
    return checked


def keep_letter(checked):
    """{field: value} for the decision; nothing where there is no letter."""
    if checked is None:
        return {}
    return {"letter": enclosure_files.keep(checked), "letter_name": checked.display_name[:200]}


def prepare(proposal, *, user, kind, **fields):
    """Stores a decision that does not count yet; returns what the event of the step says."""
    decision = Decision.objects.create(proposal=proposal, prepared_by=user, kind=kind, **fields)
    said = {"decision": decision.pk, "decided": str(kind)}
    if decision.amount is not None:
        said["amount"] = str(decision.amount)
    return said
