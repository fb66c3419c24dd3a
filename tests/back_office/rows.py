"""One row of each model the back office knows, made with a number that makes it unique."""

import datetime

from consultations.models import (
    Absence,
    Concern,
    Coordinator,
    HelpPlace,
    Location,
    OpeningHours,
    SpecialHours,
)
from offenbach_wir import jobs
from offenbach_wir.models import (
    BarrierReport,
    Erasure,
    Event,
    FoundLink,
    Invitation,
    JobRun,
    LegalHold,
    MailText,
    User,
)
from programs.models import (
    ApplicantKind,
    Document,
    EnclosureKind,
    FocusArea,
    MeasureKind,
    Notice,
    OldAddress,
    Page,
    Partner,
    Program,
)
from projects.models import District, SpokenLanguage, TargetGroup
from projects.proposals.models import (
    ChecklistItem,
    Criterion,
    LetterTemplate,
    Substitution,
)
from tests.case_factories import make_fund, make_label
from tests.factories import (
    make_account,
    make_applicant,
    make_line,
    make_organisation,
    make_picture,
    make_project,
    make_queued_mail,
    make_terms,
)

DAY = datetime.date(2020, 1, 1)
LATER = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)


def translated(row, **text):
    row.create_translation("de", **text)
    return row


def focus_area(n):
    row = FocusArea.objects.create(program=Program.objects.get(slug="wir"), slug=f"focus-{n}")
    return translated(row, title="Titel", aim="Ziel", summary="Kurz")


def document(n):
    row = Document.objects.create(slug=f"document-{n}", language="de", author="A", licence="L")
    return translated(row, title="Titel", description="Text")


def advisor(n):
    return translated(
        Coordinator.objects.create(name=f"Name {n}"), role="Rolle", introduction="Text"
    )


def location(n):
    slug = f"location-{n}-{Location.objects.count()}"
    row = Location.objects.create(
        slug=slug, street="Musterstraße 1", postcode="63065", city="Offenbach am Main"
    )
    return translated(row, name="Raum", directions="Zweite Tür links.")


def hours(n):
    nine, twelve = datetime.time(9), datetime.time(12)
    return {"coordinator": advisor(n), "opens": nine, "closes": twelve, "location": location(n)}


# Of these there is one only.
ONE_ONLY = {"programs.office", "consultations.advicerules"}
MAKERS = {
    "programs.program": lambda n: translated(
        Program.objects.create(slug=f"program-{n}", starts_on=DAY), name="Name", summary="Kurz"
    ),
    "programs.focusarea": focus_area,
    "programs.partner": lambda n: translated(
        Partner.objects.create(slug=f"partner-{n}"), name="Name", role="Rolle"
    ),
    "programs.applicantkind": lambda n: translated(
        ApplicantKind.objects.create(slug=f"kind-{n}"), name="Name"
    ),
    "programs.measurekind": lambda n: translated(
        MeasureKind.objects.create(slug=f"measure-{n}"), name="Name"
    ),
    "programs.enclosurekind": lambda n: translated(
        EnclosureKind.objects.create(slug=f"enclosure-{n}"), name="Name"
    ),
    "programs.fundingline": lambda n: make_line(f"line-{n}"),
    "programs.fundingterms": lambda n: make_terms(make_line(f"terms-{n}"), DAY),
    "programs.picture": lambda n: make_picture(),
    "programs.document": document,
    "programs.page": lambda n: translated(Page.objects.create(key=f"page-{n}"), title="Titel"),
    "programs.notice": lambda n: translated(Notice.objects.create(), title="Titel", body="Text"),
    "programs.oldaddress": lambda n: OldAddress.objects.create(path=f"/alt-{n}", target="/x/"),
    "projects.project": lambda n: make_project(),
    "projects.organisation": lambda n: make_organisation(),
    "projects.district": lambda n: District.objects.create(name=f"Ort {n}", slug=f"ort-{n}"),
    "projects.targetgroup": lambda n: translated(
        TargetGroup.objects.create(slug=f"group-{n}"), name="Name"
    ),
    "projects.spokenlanguage": lambda n: translated(
        SpokenLanguage.objects.create(code=f"x-{n}", name_in_itself="Name"), name="Name"
    ),
    "proposals.applicant": lambda n: make_applicant(),
    "proposals.caselabel": lambda n: make_label(f"Kennzeichen {n}"),
    "proposals.checklistitem": lambda n: ChecklistItem.objects.create(
        text=f"Punkt {n}", funding_line=make_line(f"check-{n}")
    ),
    "proposals.criterion": lambda n: Criterion.objects.create(
        name=f"Kriterium {n}", funding_line=make_line(f"score-{n}")
    ),
    "proposals.cityfund": lambda n: make_fund(district=District.objects.first()),
    "proposals.substitution": lambda n: Substitution.objects.create(
        absent=make_account(), substitute=make_account(), starts_on=DAY, ends_on=DAY
    ),
    "proposals.lettertemplate": lambda n: LetterTemplate.objects.create(
        key=f"letter-{n}", subject="Betreff", body="Text"
    ),
    "consultations.coordinator": advisor,
    "consultations.openinghours": lambda n: OpeningHours.objects.create(
        weekday=n % 7, valid_from=DAY, **hours(n)
    ),
    "consultations.specialhours": lambda n: SpecialHours.objects.create(date=DAY, **hours(n)),
    "consultations.absence": lambda n: Absence.objects.create(
        coordinator=advisor(n), starts_at=LATER, ends_at=LATER + datetime.timedelta(days=n + 1)
    ),
    "consultations.concern": lambda n: translated(
        Concern.objects.create(slug=f"concern-{n}", minutes=30), name="Anliegen", description="Text"
    ),
    "consultations.location": location,
    "consultations.helpplace": lambda n: translated(
        HelpPlace.objects.create(phone="112"), name="Name", description="Text"
    ),
    "offenbach_wir.barrierreport": lambda n: BarrierReport.objects.create(description="Text"),
    "offenbach_wir.user": lambda n: User.objects.create_user(f"person-{n}@example.org"),
    "offenbach_wir.invitation": lambda n: Invitation.objects.create(
        email=f"invited-{n}@example.org", name="Name", secret_hash=f"hash-{n}", expires_at=LATER
    ),
    "offenbach_wir.foundlink": lambda n: FoundLink.objects.create(
        subject_type="programs.page",
        subject_id=n,
        language="de",
        url=f"https://example.org/{n}",
        problem="gone",
        broken_since=LATER,
    ),
    "offenbach_wir.event": lambda n: Event.objects.create(
        kind="published", subject_type="programs.page", subject_id=n
    ),
    # The list shows jobs that are registered, one for each n.
    "offenbach_wir.jobrun": lambda n: JobRun.objects.create(
        name=sorted(jobs.registered())[n % len(jobs.registered())], due_at=LATER
    ),
    "offenbach_wir.legalhold": lambda n: LegalHold.objects.create(
        subject_type="projects.organisation", subject_id=n, reason="Grund"
    ),
    "offenbach_wir.erasure": lambda n: Erasure.objects.create(reference=f"L-{n}", person="x"),
    "offenbach_wir.queuedmail": lambda n: make_queued_mail(),
    "offenbach_wir.mailtext": lambda n: MailText.objects.create(
        template="barrier_report", language=f"x-{n}"
    ),
}
