"""What cases hold about people: who wrote, checked, decided and acted, and where the money goes.

Most of it goes with the case. What the city notes, thinks and scores is found by the colleague who
wrote it and by nobody else: a copy of an applicant's own data holds nothing of it.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offenbach_wir import erasure
from offenbach_wir.retention import (
    YEAR,
    After,
    anonymise,
    delete,
    found_by,
    keep,
    nothing_personal,
)

from .models import Decision
from .models.supplement import UNSENT_KEPT

PURPOSE = _("Check proposals, decide on them and look after grants.")
BASIS = _("Art. 6 (1) e GDPR: duties of a public body")
WITH_THE_CASE = _("Kept as long as the case.")


def with_the_case(label, *, acted="", personal="", other="", unshown="", created="", **options):
    """A record of a case; those who acted are forgotten when they ask, the record stays.

    `acted` names the accounts, in one text.
    """
    keep(
        label,
        owner="coordinator",
        purpose=options.pop("purpose", PURPOSE),
        basis=BASIS,
        personal=f"{acted} {personal}",
        other=f"id proposal {other}",
        unshown=unshown,
        no_period_because=WITH_THE_CASE,
        find=found_by(user=acted) if acted else None,
        on_erasure=options.pop("on_erasure", dict.fromkeys(acted.split()) if acted else None),
        part_of="proposal",
        created=created,
        **options,
    )


# --- What the city works with -------------------------------------------------------------------
with_the_case(
    "proposals.note",
    acted="author",
    personal="text written_at",
    unshown="sent_by_form",
    created="written_at",
)
with_the_case("proposals.stepreason", personal="text", other="step_number")
with_the_case(
    "proposals.checklistanswer",
    acted="answered_by",
    personal="note answered_at",
    other="item verdict",
)
with_the_case(
    "proposals.conflictdeclaration",
    acted="person",
    personal="has_conflict reason declared_at",
    purpose=_("Show that nobody decided who had a stake in it."),
)
with_the_case(
    "proposals.score",
    acted="assessor",
    personal="points reason scored_at",
    other="criterion most_points",
)
with_the_case(
    "proposals.statement",
    acted="written_by",
    personal="text written_at",
    other="verdict version",
)
with_the_case(
    "proposals.supplementrequest",
    acted="requested_by",
    personal="message requested_at",
    # The organisation reads it at its proposal; the colleague who asked never does.
    unshown="unsent",
    other="due_on sections ended_at version",
    created="requested_at",
    rules=anonymise(
        UNSENT_KEPT,
        "ended_at",
        _("after the supplement ended without being handed in, the changes not handed in"),
        only=~Q(unsent=""),
        clear={"unsent": ""},
    ),
)

# --- Handing over and deciding ------------------------------------------------------------------
with_the_case(
    "proposals.handover",
    acted="recorded_by",
    personal="recipient note statement letter recorded_at",
    other="version handed_over_on checksum",
    created="recorded_at",
)
with_the_case(
    "proposals.decision",
    acted="prepared_by confirmed_by",
    personal="reasons ways_on conditions letter letter_name prepared_at",
    unshown="key",
    other="kind decided_on file_reference amount starts_on ends_on naming_duty interim_due_on"
    " proof_due_on fund in_force_at ended_at amends",
    purpose=_("Prove who decided on public money, and that two persons did."),
    created="prepared_at",
    on_erasure=None,
    stays_because=_("who decided on public money stays on record as long as the decision"),
    # What was decided is about the organisation.
    exported=frozenset({"kind", "decided_on", "prepared_at"}),
)

# --- After a grant ------------------------------------------------------------------------------
with_the_case(
    "proposals.acceptance",
    acted="accepted_by",
    personal="account_holder accepted_at",
    # The account of the organisation: nothing to hand to somebody who once entered it.
    unshown="iban",
    purpose=_("Know that the grant is accepted, and where the money goes."),
    created="accepted_at",
)
with_the_case(
    "proposals.earlystart",
    acted="recorded_by",
    personal="recorded_at",
    other="permitted_from permitted_on file_reference",
    created="recorded_at",
)
with_the_case(
    "proposals.changenotice",
    acted="sent_by answered_by",
    personal="text sent_at answer answered_at",
    unshown="sent_by_form",
    other="changes_money changes_time changes_content new_total_costs rows new_ends_on"
    " state decision",
    created="sent_at",
)
with_the_case(
    "proposals.disbursement",
    acted="requested_by answered_by",
    personal="purpose requested_at answer answered_at",
    unshown="sent_by_form",
    other="amount state paid_on",
    created="requested_at",
)
with_the_case(
    "proposals.report",
    acted="submitted_by checked_by saved_by",
    personal="narrative submitted_at result_note checked_at",
    other="kind version created_at updated_at final_grant repaid_on",
    created="created_at",
    # Without what the city noted when it checked.
    exported=frozenset({"kind", "narrative", "created_at", "updated_at", "submitted_at"}),
)
keep(
    "proposals.voucher",
    owner="coordinator",
    purpose=_("Check how the grant was used."),
    basis=BASIS,
    personal="payee reason",
    other="id report paid_on amount position",
    no_period_because=WITH_THE_CASE,
    part_of="report",
)
nothing_personal(
    "proposals.actualitem", "id report side kind description year planned actual position"
)
nothing_personal("proposals.actualunits", "id report place units people")
nothing_personal("proposals.duty", "id proposal kind who due_on note opened_at done_at")

# --- Rules of the office, and numbers -----------------------------------------------------------
keep(
    "proposals.substitution",
    owner="coordinator",
    purpose=_("Know who looks after the cases of a colleague who is away."),
    basis=BASIS,
    personal="absent substitute starts_on ends_on",
    other="id",
    rules=delete(YEAR, "ends_on", _("after the substitution has ended")),
    find=found_by(user="absent substitute"),
    on_erasure=After.DELETE,
)
nothing_personal("proposals.caselabel", "id name is_in_use")
nothing_personal("proposals.checklistitem", "id funding_line text position is_in_use")
nothing_personal(
    "proposals.criterion", "id funding_line name explanation most_points position is_in_use"
)
nothing_personal(
    "proposals.cityfund",
    "id name district year amount most_per_project committed paid is_in_use",
)
nothing_personal(
    "proposals.casecount",
    "id year line state n requested granted paid decided days_to_decision",
)


# --- Colleagues who decided ---------------------------------------------------------------------
def obstacles_of_decider(user_id):
    """Public money is decided on by persons who can be named, as long as the case is kept."""
    decided = Decision.objects.filter(prepared_by=user_id) | Decision.objects.filter(
        confirmed_by=user_id
    )
    if not decided.exists():
        return []
    says = gettext(
        "You have prepared or confirmed decisions on grants that are kept. The account can be "
        "switched off, but not deleted; please ask the administration."
    )
    return [erasure.Obstacle(says, reverse("account"))]


def nothing_more(user_id):
    """Nothing of cases goes with an account."""


erasure.before_an_account_goes(obstacles=obstacles_of_decider, farewell=nothing_more)
