"""What proposals hold about people: who applies, who works together, which papers there are."""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offenbach_wir import erasure
from offenbach_wir.retention import DAY, YEAR, After, delete, found_by, keep, nothing_personal

from . import applicants, case_counts, removal, stored_pdf
from .case_personal_data import BASIS
from .models import Applicant, Proposal, Version

PURPOSE = _("Advise organisations, and check and decide on their proposals.")
WITH_THE_ORGANISATION = _("Kept as long as the organisation.")
# A version names its files by their keys, which are random.
HANDED_IN_WITH_IT = Version.objects.filter(
    proposal__applicant=OuterRef("applicant"), content__contains=OuterRef("key")
)

HANDED_IN_BEFORE = Version.objects.filter(
    proposal=OuterRef("proposal"), content__contains=OuterRef("key")
)

# --- Organisations ------------------------------------------------------------------------------
OWN_PROPOSALS = Proposal.objects.filter(applicant=OuterRef("pk"))
LAST_USED = Greatest("updated_at", Coalesce("owner__last_login", "updated_at"))


def delete_unused(rows, moment):
    """With papers, members, and the profile that nobody has made anything of."""
    n = 0
    for applicant in rows:
        try:
            applicants.delete(applicant)
        except applicants.CannotGoError:
            continue
        n += 1
    return n


keep(
    "proposals.applicant",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="owner contact_name contact_email contact_phone street postcode city website",
    unshown="key",
    other="id organisation kind legal_form is_charitable register_number version created_at"
    " updated_at",
    rules=delete(
        2 * YEAR,
        LAST_USED,
        _("after the last use, if there is no proposal"),
        only=~Q(Exists(OWN_PROPOSALS)),
        perform=delete_unused,
    ),
    no_period_because=_("Kept as long as there are proposals of the organisation."),
    find=found_by(user="owner", email="contact_email", phone="contact_phone"),
    on_erasure={"contact_name": "", "contact_email": "", "contact_phone": ""},
    created="created_at",
)
keep(
    "proposals.membership",
    owner="coordinator",
    purpose=_("Let several people write together, and know who may do what."),
    basis=BASIS,
    personal="user role since",
    other="id applicant",
    no_period_because=_("Kept until the person leaves or is removed."),
    find=found_by(user="user"),
    on_erasure=After.DELETE,
    part_of="applicant",
    created="since",
)
keep(
    "proposals.memberinvitation",
    owner="coordinator",
    purpose=_("Invite people to write together."),
    basis=BASIS,
    personal="email role language invited_by",
    unshown="secret_hash",
    other="id applicant created_at expires_at accepted_at",
    rules=delete(7 * DAY, "expires_at", _("after the invitation has ended")),
    find=found_by(email="email"),
    on_erasure=After.DELETE,
    part_of="applicant",
    created="created_at",
)
keep(
    "proposals.paper",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="name file uploaded_by removed_by",
    unshown="key preview",
    other="id kind extension content_type size sha256 scan scanned_at uploaded_at removed_at"
    " preview_tries"
    " applicant expires_on",
    rules=delete(
        30 * DAY,
        "removed_at",
        _("after the paper was removed, unless it belongs to what was handed in"),
        only=~Q(Exists(HANDED_IN_WITH_IT)),
    ),
    no_period_because=WITH_THE_ORGANISATION,
    find=found_by(user="uploaded_by removed_by"),
    on_erasure={"uploaded_by": None, "removed_by": None},
    part_of="applicant",
    created="uploaded_at",
)


# --- Proposals ----------------------------------------------------------------------------------
def delete_with_files(rows, moment):
    return removal.delete_proposals(list(rows.values_list("pk", flat=True)))[0]


def forget_pdfs(keys):
    """The PDF names whom to ask; it is made anew of what is left."""
    for version in Version.objects.filter(pk__in=keys):
        stored_pdf.forget(version)


NO_CONTACT = {"contact_name": "", "contact_email": "", "contact_phone": ""}
keep(
    "proposals.proposal",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="reference title contact_name contact_email contact_phone started_by state"
    " submitted_at withdrawn_at",
    # How the city works at it is not for those who wrote it.
    unshown="key started_by_form assignee locked_because due_on step_number",
    other="id applicant earlier language funding_line participants place starts_on ends_on"
    " wants_early_start declared shared_until created_at updated_at terms ended_at project",
    relations=frozenset({"target_groups", "districts", "languages"}),
    rules=(
        delete(
            YEAR,
            "updated_at",
            _("after the last change, while it is a draft"),
            only=Q(state=Proposal.State.DRAFT),
            perform=delete_with_files,
        ),
        delete(
            3 * YEAR,
            "withdrawn_at",
            _("after the proposal was withdrawn"),
            only=Q(state=Proposal.State.WITHDRAWN),
            perform=case_counts.count_and_delete,
        ),
        delete(
            3 * YEAR,
            "ended_at",
            _("after the proposal was rejected"),
            only=Q(state=Proposal.State.REJECTED),
            perform=case_counts.count_and_delete,
        ),
        delete(
            10 * YEAR,
            "ended_at",
            _("after the case of a grant was closed"),
            only=Q(state=Proposal.State.CLOSED),
            perform=case_counts.count_and_delete,
        ),
    ),
    no_period_because=_("What was handed in is kept as long as the case is open."),
    find=found_by(user="started_by", email="contact_email", phone="contact_phone"),
    on_erasure=NO_CONTACT | {"started_by": None},
    created="created_at",
    delete=removal.delete_proposals,
)
WITH_THE_PROPOSAL = _("Kept as long as the proposal.")
keep(
    "proposals.answer",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="text german",
    other="id proposal question",
    no_period_because=WITH_THE_PROPOSAL,
    part_of="proposal",
)
keep(
    "proposals.section",
    owner="coordinator",
    purpose=_("Let several people write without overwriting each other."),
    basis=BASIS,
    personal="saved_by saved_at",
    other="id proposal key version",
    no_period_because=WITH_THE_PROPOSAL,
    find=found_by(user="saved_by"),
    on_erasure={"saved_by": None},
    part_of="proposal",
)
keep(
    "proposals.enclosure",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="name file uploaded_by removed_by",
    unshown="key preview",
    other="id kind extension content_type size sha256 scan scanned_at uploaded_at removed_at"
    " preview_tries"
    " proposal replaces",
    rules=delete(
        30 * DAY,
        "removed_at",
        _("after the file was removed, unless it was handed in"),
        only=~Q(Exists(HANDED_IN_BEFORE)),
    ),
    no_period_because=WITH_THE_PROPOSAL,
    find=found_by(user="uploaded_by removed_by"),
    on_erasure={"uploaded_by": None, "removed_by": None},
    part_of="proposal",
    created="uploaded_at",
)
keep(
    "proposals.version",
    owner="coordinator",
    purpose=_("Prove what was handed in."),
    basis=BASIS,
    personal="content contact pdf submitted_by submitted_at",
    other="id proposal number checksum",
    no_period_because=WITH_THE_PROPOSAL,
    find=found_by(user="submitted_by", email="contact__contact_email"),
    on_erasure={"contact": {}, "submitted_by": None},
    before_clearing=forget_pdfs,
    part_of="proposal",
    created="submitted_at",
)
keep(
    "proposals.message",
    owner="coordinator",
    purpose=_("Answer questions about a proposal."),
    basis=BASIS,
    personal="author text sent_at is_from_office",
    unshown="sent_by_form",
    other="id proposal is_settled",
    no_period_because=WITH_THE_PROPOSAL,
    find=found_by(user="author"),
    on_erasure={"author": None},
    part_of="proposal",
    created="sent_at",
)
ROW = "id proposal position year description"
# Who made the picture and who is in it stands at the picture itself.
nothing_personal("proposals.takenpicture", "id enclosure picture taken_at")
nothing_personal("proposals.costitem", ROW, "kind quantity unit unit_amount")
nothing_personal("proposals.incomeitem", ROW, "kind amount")
nothing_personal("proposals.inkinditem", ROW, "hours rate")
nothing_personal("proposals.plannedunits", "id proposal rate units people")
nothing_personal("proposals.referencenumber", "id year last")
keep(
    "proposals.lettertemplate",
    owner="coordinator",
    purpose=_("Write the city's letters; say who signs them."),
    basis=BASIS,
    personal="signed_by",
    other="id key subject body updated_at version",
    no_period_because=_("Kept as long as the letter is used."),
)


# --- Owners who delete their account ------------------------------------------------------------
def obstacles_of_owner(user_id):
    """Organisations that others are in, or of which the city has something, need an owner."""
    found = []
    for applicant in Applicant.objects.filter(owner=user_id).select_related("organisation"):
        if applicant.memberships.exists():
            says = gettext(
                "You own “%(name)s”, and others work there. Hand it over to one of them, or delete "
                "the organisation."
            )
        elif applicants.may_go(applicant):
            continue
        else:
            says = gettext(
                "You own “%(name)s”, of which the city keeps a case. Invite somebody and hand it "
                "over, or write to us."
            )
        page = reverse("proposals:members", args=[applicant.key])
        found.append(erasure.Obstacle(says % {"name": applicant.name}, page))
    return found


def delete_with_account(user_id):
    """What nobody else is in and nobody has been given goes with the account."""
    for applicant in Applicant.objects.filter(owner=user_id):
        try:
            applicants.delete(applicant, alone=True)
        except applicants.CannotGoError as error:
            raise erasure.NotYetError(obstacles_of_owner(user_id)) from error


erasure.before_an_account_goes(obstacles=obstacles_of_owner, farewell=delete_with_account)
