"""One row of each model the back office knows, made with a number that makes it unique."""

import datetime

from consultations.models import Coordinator, HelpPlace
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
    FocusArea,
    MeasureKind,
    Notice,
    OldAddress,
    Page,
    Partner,
    Program,
)
from projects.models import District, SpokenLanguage, TargetGroup
from tests.factories import (
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


# The office is missing: there is one only.
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
    "consultations.coordinator": lambda n: translated(
        Coordinator.objects.create(name=f"Name {n}"), role="Rolle", introduction="Text"
    ),
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
    "offenbach_wir.jobrun": lambda n: JobRun.objects.create(name=f"job-{n}", due_at=LATER),
    "offenbach_wir.legalhold": lambda n: LegalHold.objects.create(
        subject_type="projects.organisation", subject_id=n, reason="Grund"
    ),
    "offenbach_wir.erasure": lambda n: Erasure.objects.create(reference=f"L-{n}", person="x"),
    "offenbach_wir.queuedmail": lambda n: make_queued_mail(),
    "offenbach_wir.mailtext": lambda n: MailText.objects.create(
        template="barrier_report", language=f"x-{n}"
    ),
}
