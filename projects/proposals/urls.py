"""Addresses of proposals: public pages, then the organisation, then one proposal by its key."""

from django.urls import include, path, register_converter

from .models import Report
from .questions import SectionKey
from .views import (
    case,
    changes,
    decisions,
    drafts,
    enclosures,
    grant,
    handing_in,
    plan,
    reports,
    steps,
    supplement,
    versions,
    writing,
)

app_name = "proposals"


class Key:
    """The random key of a proposal, an organisation or a file."""

    regex = "[a-z2-7]{26}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class SectionWord(Key):
    regex = "|".join(
        key for key in SectionKey.values if key not in (SectionKey.COSTS, SectionKey.ENCLOSURES)
    )


class ReportKind:
    """A report on a grant, by its German word."""

    WORDS = {"nachweis": Report.Kind.PROOF, "zwischenbericht": Report.Kind.INTERIM}
    regex = "|".join(WORDS)

    def to_python(self, value):
        return self.WORDS[value]

    def to_url(self, value):
        return next(word for word, kind in self.WORDS.items() if kind == value)


register_converter(Key, "key")
register_converter(ReportKind, "report")
register_converter(SectionWord, "section")

of_a_proposal = [
    path("", case.overview, name="overview"),
    path("<section:section>/", writing.section, name="section"),
    path("kosten/", plan.edit, name="plan"),
    path("kosten/pruefen/", plan.check, name="plan_check"),
    path("kosten/zeilen/", plan.more_rows, name="plan_rows"),
    path("kosten/einfuegen/", plan.paste, name="plan_paste"),
    path("kosten/plan.<str:format_name>", plan.download, name="plan_download"),
    path("anlagen/", enclosures.upload, name="enclosures"),
    path("anlagen/<key:file>/", enclosures.download, name="enclosure"),
    path("anlagen/<key:file>/entfernen/", enclosures.remove, name="enclosure_remove"),
    path("pruefen/", handing_in.check, name="check"),
    path("einreichen/", handing_in.submit, name="submit"),
    path("quittung/", handing_in.receipt, name="receipt"),
    path("quittung/<int:number>/", handing_in.receipt, name="version_receipt"),
    path("quittung/<int:number>/alles.zip", handing_in.everything, name="version_everything"),
    path("quittung/antrag.pdf", handing_in.pdf, name="pdf"),
    path("fassungen/", versions.versions, name="versions"),
    path("fassungen/<int:number>/antrag.pdf", versions.pdf, name="version_pdf"),
    path("fassungen/<int:old>/<int:new>/", versions.compare, name="version_differences"),
    path("alles.zip", handing_in.everything, name="everything"),
    path("nachreichen/", supplement.hand_in, name="supplement"),
    path("nicht-eingereicht/<int:pk>/", supplement.unsent_changes, name="unsent"),
    path("bescheid/<key:decision>/", decisions.letter, name="decision_letter"),
    path("zurueckziehen/", handing_in.withdraw, name="withdraw"),
    path("schritt/<slug:step>/", steps.step, name="step"),
    path("foerderung/", grant.grant, name="grant"),
    path("foerderung/geld/", grant.ask_for_money, name="ask_for_money"),
    path("foerderung/fristen.ics", grant.duty_calendar, name="duty_calendar"),
    path("foerderung/aenderung/", changes.report, name="change"),
    path("foerderung/aenderung/rechnen/", changes.check, name="change_check"),
    path("foerderung/<report:kind>/", reports.report, name="report"),
    path("foerderung/<report:kind>/rechnen/", reports.check, name="report_check"),
    path("foerderung/<report:kind>/zeilen/", reports.more_rows, name="report_rows"),
    path("foerderung/nachweis/einfuegen/", reports.paste, name="report_paste"),
    path("foerderung/zwischenbericht/abgeben/", reports.hand_in_interim, name="interim_hand_in"),
    path("nachrichten/", case.write_message, name="message"),
    path("frist.ics", case.deadline_calendar, name="deadline_calendar"),
    path("beratung/", case.book_advice, name="book_advice"),
    path("loeschen/", drafts.delete, name="delete"),
]

urlpatterns = [
    path("", include("projects.proposals.intro_urls")),
    path("meine/", drafts.own, name="own"),
    path("neu/", drafts.new, name="new"),
    path("", include("projects.proposals.applicant_urls")),
    path("<key:key>/", include(of_a_proposal)),
]
