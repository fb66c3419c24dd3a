"""Small functions that make rows; a test names only what matters to it."""

import datetime
import hashlib
import io
import itertools

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.files.base import ContentFile
from PIL import Image

from consultations.models import Booking, Concern, Coordinator, WaitingEntry
from offenbach_wir import mail_texts, outbox
from offenbach_wir.forms import SALT
from offenbach_wir.models import User
from programs.models import (
    ApplicantKind,
    EnclosureKind,
    FundingLine,
    FundingRate,
    FundingTerms,
    Page,
    Picture,
    Program,
)
from projects.models import District, Organisation, Project, SpokenLanguage, TargetGroup
from projects.proposals import questions, snapshot, whole
from projects.proposals.budget import CostKind, IncomeKind
from projects.proposals.models import (
    Answer,
    Applicant,
    ChecklistItem,
    CostItem,
    Criterion,
    Enclosure,
    IncomeItem,
    Membership,
    Proposal,
    Section,
    Version,
)
from projects.proposals.questions import SectionKey

_numbers = itertools.count(1)


def shown_at(moment):
    """What a form shown at that moment (seconds) carries; each call is a form of its own."""
    return signing.dumps([int(moment), f"form {next(_numbers)}"], salt=SALT)


def in_state(state):
    """The fields of content in that state; what lies in the bin has the day it went there."""
    binned_at = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC) if state == "deleted" else None
    return {"state": state, "deleted_at": binned_at}


def make_organisation(name="Verein Musterbaum e. V.", **fields):
    n = next(_numbers)
    text = {"summary": fields.pop("summary", "Ein Verein."), "body": fields.pop("body", "")}
    defaults = {
        "slug": f"verein-{n}",
        "kind": Organisation.Kind.ASSOCIATION,
        "is_listed": True,
        "email": f"verein-{n}@example.org",
    }
    organisation = Organisation.objects.create(name=name, **(defaults | fields))
    organisation.create_translation("de", **text)
    organisation.refresh_index()
    return organisation


def make_project(title="Musterprojekt", **fields):
    """A published, running project; `district` may be a slug, lists of rows are set afterwards."""
    n = next(_numbers)
    text = {
        name: fields.pop(name, default)
        for name, default in (
            ("summary", "Kurz gesagt."),
            ("body", "<p>Lang gesagt.</p>"),
            ("results", ""),
            ("help_wanted", ""),
        )
    }
    many = {
        name: fields.pop(name)
        for name in ("focus_areas", "target_groups", "languages", "partners")
        if name in fields
    }
    if isinstance(fields.get("district"), str):
        fields["district"] = District.objects.get(slug=fields["district"])
    defaults = {
        "number": f"TEST-{n}",
        "slug": f"musterprojekt-{n}",
        **in_state(fields.get("state", Project.State.PUBLISHED)),
        "starts_on": datetime.date(2020, 1, 1),
        "ends_on": datetime.date(2099, 12, 31),
    }
    organisation = fields.pop("organisation", None) or make_organisation()
    project = Project.objects.create(organisation=organisation, **(defaults | fields))
    project.create_translation("de", title=title, **text)
    for name, rows in many.items():
        getattr(project, name).set(rows)
    project.refresh_index()
    return project


def make_line(slug="testlinie", title="Testlinie", **fields):
    line = FundingLine.objects.create(
        slug=slug,
        program=Program.objects.get(slug="wir"),
        state=FundingLine.State.PUBLISHED,
        position=99,
        **fields,
    )
    line.create_translation("de", title=title, summary="Kurz.", body="")
    line.refresh_index()
    return line


def make_terms(line, valid_from, valid_to=None, **fields):
    terms = FundingTerms.objects.create(
        line=line,
        valid_from=valid_from,
        valid_to=valid_to,
        as_of=datetime.date(2026, 11, 1),
        **fields,
    )
    terms.create_translation("de", guideline="Testrichtlinie", conditions="")
    return terms


def picture_bytes(size=(640, 400), kind="JPEG", **options):
    out = io.BytesIO()
    Image.new("RGB", size, "#0b4f5c").save(out, kind, **options)
    return out.getvalue()


def make_picture(**fields):
    defaults = {"author": "Testautorin", "rights": "CC BY 4.0", "consent": "nobody"}
    picture = Picture(**(defaults | fields))
    picture.file.save("bild.jpg", ContentFile(picture_bytes(), name="bild.jpg"), save=False)
    picture.save()
    picture.create_translation("de", title="Testbild", alt="Eine petrolfarbene Fläche")
    return picture


def make_page_text(key, language, **text):
    page = Page.objects.get(key=key)
    page.create_translation(language, **text)
    return page


def make_queued_mail(template="organisation_message", language="de", **options):
    """A mail of the portal with the examples of its catalogue entry."""
    return outbox.queue(
        template,
        cause=options.pop("cause", f"test:{next(_numbers)}"),
        to=options.pop("to", "verein@example.org"),
        language=language,
        context=mail_texts.get(template).example_context | options.pop("context", {}),
        **options,
    )


def _advice(**fields):
    """What talks and entries of the waiting list have in common."""
    defaults = {
        "concern": Concern.objects.first(),
        "language": SpokenLanguage.objects.get(code="de"),
        "channel": "phone",
        "name": "Grace Beispiel",
        "phone": "069 90009-111",
    }
    return defaults | fields


def make_talk(starts_at=None, *, minutes=30, **fields):
    """A confirmed talk by phone, in a far year unless said otherwise."""
    starts_at = starts_at or datetime.datetime(2098, 1, 6, 9, tzinfo=datetime.UTC)
    ends_at = starts_at + datetime.timedelta(minutes=minutes)
    fields.setdefault("coordinator", Coordinator.objects.first())
    talk = Booking.objects.create(
        starts_at=starts_at,
        ends_at=ends_at,
        occupied_until=ends_at,
        **({"status": Booking.Status.CONFIRMED, "booked_at": starts_at} | _advice(**fields)),
    )
    if talk.status in Booking.OCCUPYING:
        talk.occupy()
    return talk


def make_waiting_entry(**fields):
    fields.setdefault("ends_at", datetime.datetime(2098, 1, 6, tzinfo=datetime.UTC))
    return WaitingEntry.objects.create(**_advice(**fields))


def make_account(email=None, **fields):
    """Somebody who can sign in; the address is confirmed."""
    email = email or f"person-{next(_numbers)}@example.org"
    user = User.objects.create_user(email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_applicant(owner=None, name="Verein Zusammen e. V.", **fields):
    """A registered association whose profile nobody sees."""
    defaults = {
        "legal_form": Applicant.LegalForm.REGISTERED_ASSOCIATION,
        "register_number": "VR 12345",
        "is_charitable": True,
        "street": "Musterstraße 1",
        "postcode": "63065",
        "city": "Offenbach am Main",
        "contact_name": "Ada Beispiel",
        "contact_email": "ada@example.org",
    }
    if "organisation" not in fields:
        fields["organisation"] = Organisation.objects.create(
            name=name, slug=f"verein-{next(_numbers)}", kind=Organisation.Kind.ASSOCIATION
        )
    kind = fields.pop("kind", "migrant-organisation")
    if isinstance(kind, str):
        kind = ApplicantKind.objects.get(slug=kind)
    return Applicant.objects.create(owner=owner or make_account(), kind=kind, **(defaults | fields))


def make_member(applicant, role="editor", user=None):
    """The account of somebody who belongs to it beside the owner."""
    user = user or make_account()
    Membership.objects.create(applicant=applicant, user=user, role=role)
    return user


def make_proposal(applicant=None, **fields):
    """A draft with all its sections, none of them started."""
    if "language" not in fields:
        fields["language"] = SpokenLanguage.objects.get(code="de")
    proposal = Proposal.objects.create(applicant=applicant or make_applicant(), **fields)
    Section.objects.bulk_create(Section(proposal=proposal, key=key) for key in SectionKey)
    return proposal


def make_submitted_proposal(applicant=None, **fields):
    """Handed in, as far as the database sees; there is no version of it."""
    n = next(_numbers)
    defaults = {
        "title": "Gemeinsam lesen",
        "state": Proposal.State.SUBMITTED,
        "reference": f"WIR-2020-{n:04}",
        "submitted_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    }
    return make_proposal(applicant, **(defaults | fields))


def make_version(proposal, number=1, **changes):
    """What is written now as a version handed in; `changes` replace parts of its values."""
    submitted_at = datetime.datetime(2026, 2, number, 12, tzinfo=datetime.UTC)
    data = snapshot.of(
        whole.read(proposal),
        reference=proposal.reference,
        number=number,
        submitted_at=submitted_at,
    )
    content = snapshot.as_text(data | changes)
    return Version.objects.create(
        proposal=proposal,
        number=number,
        content=content,
        checksum=snapshot.checksum_of(content),
        contact=proposal.contact,
        submitted_at=submitted_at,
    )


def make_half_line(title="Halbe Linie", **fields):
    """A line open today whose confirmed figures pay half of the costs; `fields` are its terms'."""
    line = make_line(f"halbe-linie-{next(_numbers)}", title)
    fields = {"financing_type": "pro_rata", "figures_confirmed": True} | fields
    terms = make_terms(line, datetime.date(2020, 1, 1), **fields)
    terms.applicant_kinds.add(ApplicantKind.objects.get(slug="migrant-organisation"))
    FundingRate.objects.create(terms=terms, kind=FundingRate.Kind.SHARE, percent=50)
    return line


def make_whole_proposal(applicant=None, **fields):
    """A draft in which nothing is missing, 1000 euros for 2098 of which the line pays half."""
    defaults = {
        "title": "Gemeinsam lesen",
        "participants": 20,
        "starts_on": datetime.date(2098, 3, 1),
        "ends_on": datetime.date(2098, 12, 31),
        "contact_name": "Ada Beispiel",
        "contact_email": "ada@example.org",
        "declared": list(questions.Declaration.values),
    }
    if "funding_line" not in fields:
        fields["funding_line"] = make_half_line()
    proposal = make_proposal(applicant, **(defaults | fields))
    proposal.sections.update(saved_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    proposal.target_groups.add(TargetGroup.objects.first())
    proposal.districts.add(District.objects.first())
    Answer.objects.bulk_create(
        Answer(proposal=proposal, question=question.key, text=f"Antwort: {question.key}")
        for question in questions.QUESTIONS
        if question.is_text and question.is_required
    )
    make_cost(proposal, "Honorar", 1000)
    make_income(proposal, 500, IncomeKind.OWN_FUNDS)
    make_income(proposal, 500, IncomeKind.STATE_FUNDS)
    return proposal


def make_cost(proposal, description="Miete", unit_amount=100, **fields):
    defaults = {"kind": CostKind.FEES, "year": 2098, "position": proposal.costitems.count()}
    return CostItem.objects.create(
        proposal=proposal,
        description=description,
        unit_amount=unit_amount,
        **(defaults | fields),
    )


def make_income(proposal, amount=100, kind=IncomeKind.OWN_FUNDS, **fields):
    defaults = {"year": 2098, "position": proposal.incomeitems.count()}
    return IncomeItem.objects.create(
        proposal=proposal, amount=amount, kind=kind, **(defaults | fields)
    )


def make_enclosure(proposal, name="Zeitplan.png", content=None, **fields):
    """A file that was taken in, with its bytes in the private storage."""
    content = picture_bytes(kind="PNG") if content is None else content
    defaults = {
        "kind": EnclosureKind.objects.filter(belongs_to_organisation=False).first(),
        "name": name,
        "extension": "png",
        "content_type": "image/png",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "scan": "clean",
    }
    row = Enclosure(proposal=proposal, **(defaults | fields))
    row.file.save(f"enclosures/test-{next(_numbers)}.png", ContentFile(content), save=False)
    row.save()
    return row


def make_checklist_item(**fields):
    """A point of the formal check, of every line unless said otherwise."""
    return ChecklistItem.objects.create(**({"text": f"Punkt {next(_numbers)}"} | fields))


def make_criterion(**fields):
    """What proposals are scored by, of every line unless said otherwise; five points at most."""
    return Criterion.objects.create(**({"name": f"Kriterium {next(_numbers)}"} | fields))
