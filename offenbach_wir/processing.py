"""Which activities the records about people belong to: the list of Art. 30 GDPR.

What is kept, why, how long and who may see it stands in the registries (personal_data.py of each
app, roles.py, scheduled.py). Here stands what no registry knows: whom it is about and who receives
it outside the portal. A test fails on a record that belongs to no activity. The words are German,
as the page printed from them is; square brackets mark what only the city can say.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Activity:
    """`records` are labels ("app.model"); `sensitive` says what must be looked at twice."""

    title: str
    people: str
    recipients: str
    records: tuple
    sensitive: str = "Keine besonderen Kategorien (Art. 9 DSGVO)."


NOBODY = "Niemand außerhalb der Stadt."
MAIL_SERVER = "Mailserver der Stadt [oder beauftragter Dienst: von der Stadt einzutragen]."

ACTIVITIES = (
    Activity(
        "Beratung nach Termin",
        "Ratsuchende und Personen, für die ein Termin gebucht wird; Beratende.",
        f"{MAIL_SERVER} Bei einem Kalender-Abo der Kalenderdienst der Beratenden (Zeit, Ort, "
        "Sprache und Nummer des Gesprächs; keine Namen, kein Anliegen). An Dolmetschende gibt das "
        "Portal nichts weiter.",
        (
            *("consultations.booking", "consultations.waitingentry", "consultations.coordinator"),
            *("consultations.coordinatortranslation", "consultations.absence"),
            "consultations.calendarfeed",
        ),
        "Angaben zu Hilfen beim Zugang (etwa Gebärdensprache, Stufen) können auf die Gesundheit "
        "schließen lassen; sie sind freiwillig, aus einer Liste und für das Gespräch nötig. Die "
        "freie Notiz bittet, nichts über Gesundheit, Religion oder Aufenthaltsstatus zu schreiben. "
        "Nicht gefragt werden "
        "Staatsangehörigkeit, Aufenthaltsstatus, Religion, Diagnosen.",
    ),
    Activity(
        "Projektskizzen von Organisationen",
        "Ansprechpersonen, Mitglieder und Verantwortliche der Organisationen; Personen, die in "
        "Texten und Anlagen genannt werden.",
        "Bewilligungsbehörde (in der Voreinstellung das Regierungspräsidium Darmstadt) erst mit "
        f"der Übergabe eines Vorgangs, durch die Koordination. {MAIL_SERVER}",
        (
            *("proposals.applicant", "proposals.membership", "proposals.memberinvitation"),
            *("proposals.paper", "proposals.proposal", "proposals.answer", "proposals.section"),
            *("proposals.enclosure", "proposals.version", "proposals.message"),
        ),
        "Freitext und Anlagen können mehr enthalten, als gefragt ist. Listen von Teilnehmenden "
        "werden nur bei Schulungen verlangt, nur mit Namen, mit der Bitte, nichts zu Herkunft, "
        "Religion oder Gesundheit anzugeben.",
    ),
    Activity(
        "Vorgänge prüfen, entscheiden und begleiten",
        "Wie bei den Projektskizzen; dazu Beschäftigte und Bewertende, die etwas vermerkt, "
        "bewertet oder entschieden haben; wer laut Belegliste Zahlungen bekommen hat.",
        "Bewilligungsbehörde mit der Übergabe. [Kasse der Stadt: Kontoverbindung zur Auszahlung; "
        f"von der Stadt einzutragen.] {MAIL_SERVER}",
        (
            *("proposals.note", "proposals.stepreason", "proposals.checklistanswer"),
            *("proposals.conflictdeclaration", "proposals.score", "proposals.statement"),
            *("proposals.supplementrequest", "proposals.handover", "proposals.decision"),
            *("proposals.acceptance", "proposals.earlystart", "proposals.changenotice"),
            *("proposals.disbursement", "proposals.report", "proposals.voucher"),
            *("proposals.substitution", "proposals.lettertemplate"),
        ),
        "Keine besonderen Kategorien (Art. 9 DSGVO). Kontoverbindungen gehören Organisationen.",
    ),
    Activity(
        "Barrieren melden",
        "Personen, die eine Barriere melden oder ein anderes Format wünschen.",
        f"{MAIL_SERVER} Durchsetzungsstelle, wenn die meldende Person sich dorthin wendet.",
        ("offenbach_wir.barrierreport",),
        "Die Beschreibung kann auf eine Behinderung schließen lassen. Name und Kontakt sind "
        "freiwillig.",
    ),
    Activity(
        "Über das Programm informieren",
        "Beschäftigte, die Texte zur Prüfung geben; Personen auf Bildern und deren Urheberinnen "
        "und Urheber; Organisationen.",
        "Die Öffentlichkeit, soweit Inhalte veröffentlicht sind. Nachrichten an Organisationen "
        f"gehen an deren Adresse und werden nur als E-Mail aufbewahrt. {MAIL_SERVER}",
        (
            *("programs.page", "programs.focusarea", "programs.fundingline", "programs.document"),
            *("programs.picture", "programs.partner", "programs.applicantkind"),
            *("programs.measurekind", "programs.enclosurekind", "programs.fundingterms"),
            *("programs.notice", "projects.project", "projects.organisation"),
            *("projects.targetgroup", "projects.spokenlanguage", "consultations.concern"),
            *("consultations.location", "consultations.helpplace"),
        ),
    ),
    Activity(
        "Konten und Anmeldung",
        "Mitglieder von Organisationen mit einem Konto; Beschäftigte.",
        MAIL_SERVER,
        (
            *("offenbach_wir.user", "account.emailaddress", "account.emailconfirmation"),
            *("mfa.authenticator", "usersessions.usersession", "sessions.session"),
            "offenbach_wir.invitation",
        ),
        "Keine besonderen Kategorien (Art. 9 DSGVO). Es gibt keine Passwörter.",
    ),
    Activity(
        "E-Mails verschicken",
        "Alle, denen das Portal schreibt.",
        f"{MAIL_SERVER} Die Server der Empfangenden.",
        (
            *("post_office.email", "post_office.log", "post_office.attachment"),
            "offenbach_wir.queuedmail",
        ),
        "Der Text einer E-Mail sagt so viel wie der Eintrag, um den es geht. Das Anliegen einer "
        "Beratung steht nicht im Betreff.",
    ),
    Activity(
        "Nachweise, Sicherheit und Betrieb",
        "Alle mit einem Konto; Personen, deren Daten gelöscht wurden (nur als Prüfsumme); "
        "Anschlüsse, von denen Anfragen kommen (nur als Prüfsumme).",
        "Auf Anforderung Aufsicht, Rechnungsprüfung, Gerichte.",
        (
            *("offenbach_wir.event", "admin.logentry", "offenbach_wir.legalhold"),
            *("offenbach_wir.erasure", "offenbach_wir.hits"),
            "django_tasks_database.dbtaskresult",
        ),
    ),
)

# What fields hold that no form shows, so that they have no name for people to read.
UNNAMED = {
    "args_kwargs": "Nummern der Einträge",
    "cause": "Anlass",
    "contact": "Ansprechperson mit E-Mail und Telefon",
    "content": "Inhalt",
    "is_from_office": "ob die Stadt schrieb",
    "letter_name": "Name der Datei des Briefs",
    "pdf": "PDF-Datei",
    "return_value": "Ergebnis",
    "subject_id": "Nummer des Eintrags",
    "subject_type": "Art des Eintrags",
    "traceback": "Fehlermeldung",
}
