"""A proposal (project outline with a financing plan) while it is written and after."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.models import FundingLine, FundingTerms
from projects.models import District, SpokenLanguage, TargetGroup
from projects.proposals import case, questions
from projects.proposals.case import State

from .applicants import Applicant, Role, new_key


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the organisations the person belongs to."""
        return self.filter(applicant__in=Applicant.objects.of(user))

    def writable_by(self, user):
        return self.filter(applicant__in=Applicant.objects.writable_by(user))

    def drafts(self):
        return self.filter(state=Proposal.State.DRAFT)

    def handed_in(self):
        """Everything the city has ever been given, whatever became of it."""
        return self.exclude(state=Proposal.State.DRAFT)

    def for_office(self, user, now):
        """What this colleague may open: what was handed in; and whoever looks after proposals, also
        drafts shared for a talk, and those whose writers have asked something.
        """
        if not user.has_perm("proposals.change_proposal"):
            return self.handed_in()
        asked = Q(pk__in=self._messages().values("proposal"))
        return self.filter(~Q(state=Proposal.State.DRAFT) | Q(shared_until__gt=now) | asked)

    def _messages(self):
        return self.model._meta.get_field("messages").related_model.objects

    def awaiting_answer(self):
        """Those in which the organisation wrote last, and nobody has said that this needs none."""
        later = self._messages().filter(
            Q(sent_at__gt=OuterRef("sent_at"))
            | Q(sent_at=OuterRef("sent_at"), pk__gt=OuterRef("pk")),
            proposal=OuterRef("proposal"),
        )
        # A set to look in, made once: asked for each case anew it takes a second with 20,000.
        last_words = self._messages().filter(
            ~Exists(later.order_by()), is_from_office=False, is_settled=False
        )
        return self.filter(pk__in=last_words.order_by().values("proposal"))

    def shared(self, now):
        return self.drafts().filter(shared_until__gt=now)

    def unread_by_office(self):
        """Handed in, and nobody of the city has written about it yet."""
        written = self._messages().filter(proposal=OuterRef("pk"), is_from_office=True)
        return self.filter(~Exists(written), state=State.SUBMITTED)

    def for_lists(self):
        """With what a line of a list says, in a constant number of queries."""
        return self.select_related("applicant__organisation", "funding_line").prefetch_related(
            "funding_line__translations", "sections"
        )


class Proposal(models.Model):
    State = State

    # Where a session keeps the key of the draft that the next talk of advice is about.
    ADVICE_IN_SESSION = "advice_about_proposal"

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    # The form that started it: pressing twice starts one.
    started_by_form = models.CharField(
        max_length=64, unique=True, null=True, blank=True, editable=False
    )
    reference = models.CharField(
        _("reference"), max_length=20, unique=True, null=True, blank=True, editable=False
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    applicant = models.ForeignKey(
        Applicant, models.PROTECT, related_name="proposals", verbose_name=_("organisation")
    )
    earlier = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="later", editable=False
    )
    language = models.ForeignKey(
        SpokenLanguage,
        models.PROTECT,
        related_name="proposals",
        verbose_name=_("language it is written in"),
    )
    title = models.CharField(_("title"), max_length=questions.LONGEST_TITLE, blank=True)
    funding_line = models.ForeignKey(
        FundingLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("funding line"),
    )
    target_groups = models.ManyToManyField(
        TargetGroup, blank=True, related_name="proposals", verbose_name=_("target groups")
    )
    participants = models.PositiveIntegerField(_("number of participants"), null=True, blank=True)
    districts = models.ManyToManyField(
        District, blank=True, related_name="proposals", verbose_name=_("districts")
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    languages = models.ManyToManyField(
        SpokenLanguage, blank=True, related_name="+", verbose_name=_("languages of the project")
    )
    starts_on = models.DateField(_("start"), null=True, blank=True)
    ends_on = models.DateField(_("end"), null=True, blank=True)
    wants_early_start = models.BooleanField(_("early start wished"), default=False)
    # Whom to ask: a block of its own, which no checksum covers and which can be erased alone.
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail of the contact person"), blank=True)
    contact_phone = models.CharField(_("phone of the contact person"), max_length=40, blank=True)
    # Which declarations were ticked (questions.Declaration).
    declared = models.JSONField(_("declarations"), default=list, blank=True)
    # Staff may read a draft until then, because a talk about it was booked.
    shared_until = models.DateTimeField(_("shared until"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True, db_index=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    # The terms that held when it was first handed in: the case keeps them.
    terms = models.ForeignKey(
        FundingTerms, models.PROTECT, null=True, editable=False, related_name="proposals"
    )
    # Rises with every step of the case: a page that is older notices it.
    step_number = models.PositiveIntegerField(default=0, editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("looked after by"),
    )
    # The day of the duty that is next; duties.py keeps it.
    due_on = models.DateField(_("next due"), null=True, blank=True, editable=False)
    # Nothing goes on while somebody has locked the case.
    locked_because = models.CharField(_("locked because"), max_length=300, blank=True)
    # When the case came to its present end: rejected or closed. Retention counts from here.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    project = models.OneToOneField(
        "projects.Project",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposal",
        verbose_name=_("public project"),
    )
    labels = models.ManyToManyField("CaseLabel", blank=True, related_name="proposals")
    followers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="followed_cases"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="proposal_by_state"),
            models.Index(fields=["assignee", "state", "due_on"], name="proposal_by_assignee"),
            models.Index(fields=["due_on", "state"], name="proposal_by_due_day"),
            models.Index(fields=["submitted_at"], name="proposal_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="proposal_ends_after_it_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end is before the start."),
            ),
            models.CheckConstraint(
                name="handed_in_proposal_has_a_reference",
                condition=Q(state="draft", reference=None, submitted_at=None)
                | (~Q(state="draft") & Q(reference__isnull=False, submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="withdrawn_proposal_has_its_day",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at=None)),
            ),
        ]

    def __str__(self):
        return self.title or str(_("Proposal without a title"))

    def get_absolute_url(self):
        return reverse("proposals:overview", args=[self.key])

    @property
    def is_draft(self):
        return self.state == self.State.DRAFT

    @property
    def is_handed_in(self):
        """Given to the city and not taken back; whatever has become of it since."""
        return self.state not in (State.DRAFT, State.WITHDRAWN)

    @property
    def is_open_case(self):
        return self.state in case.OPEN

    @property
    def has_grant(self):
        return self.state in case.GRANTED

    @property
    def is_locked(self):
        return bool(self.locked_because)

    @property
    def is_decided_by_city(self):
        """Whether the city itself decides on the money of this line."""
        return self.terms is not None and self.terms.decided_by == self.terms.Decides.CITY

    @property
    def is_withdrawn(self):
        return self.state == self.State.WITHDRAWN

    @property
    def is_in_german(self):
        return self.language.code == "de"

    @property
    def contact(self):
        """Whom to ask, as plain values: beside a version, never in it."""
        return {
            "contact_name": self.contact_name,
            "contact_email": self.contact_email,
            "contact_phone": self.contact_phone,
        }

    def terms_on(self, day):
        """The terms of the chosen line: those the case keeps since it was handed in, before that
        (and for another line) those at the planned start, else on that day. Or None.
        """
        if self.funding_line_id is None:
            return None
        rows = FundingTerms.objects.filter(line=self.funding_line_id).prefetch_related(
            "rates__translations", "line__translations"
        )
        if self.terms_id is not None:
            kept = rows.filter(pk=self.terms_id).first()
            if kept is not None:
                return kept
        return rows.outside_the_bin().valid_on(self.starts_on or day).first()

    @property
    def is_shared(self):
        return self.shared_until is not None and self.shared_until > timezone.now()

    @property
    def open_supplement(self):
        """What the city waits for, or None."""
        if self.state != State.SUPPLEMENT_REQUESTED:
            return None
        return self.supplements.filter(ended_at=None).first()

    @property
    def open_sections(self):
        """Which parts may be written now: all of a draft, in a supplement those asked for."""
        if self.is_draft:
            return set(questions.SectionKey)
        request = None if self.is_locked else self.open_supplement
        return {questions.SectionKey(key) for key in request.sections} if request else set()

    def may_be_written_by(self, user, section=None):
        """Whether this person may write that part now; without one, any part at all."""
        sections = self.open_sections
        is_open = bool(sections) if section is None else section in sections
        return is_open and self.applicant.role_of(user) in (Role.OWNER, Role.EDITOR)


class Answer(models.Model):
    """The text given to one question, and its German version where it was written otherwise."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="answers")
    question = models.CharField(_("question"), max_length=30, choices=questions.text_choices)
    text = models.TextField(_("answer"), blank=True)
    german = models.TextField(_("German version"), blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "question"], name="answer_once_a_question")
        ]

    def __str__(self):
        return self.question


class Section(models.Model):
    """How often one part of a proposal was saved, so that nobody overwrites anybody."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="sections")
    key = models.CharField(_("section"), max_length=20, choices=questions.SectionKey)
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(_("saved"), null=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "key"], name="section_once_a_proposal")
        ]

    def __str__(self):
        return self.get_key_display()

    @property
    def is_started(self):
        return self.saved_at is not None


class ReferenceNumber(models.Model):
    """The last number given out in a year: WIR-2027-0001."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reference number")
        verbose_name_plural = _("reference numbers")

    def __str__(self):
        return f"{self.year}: {self.last}"
