"""Addresses of the city's pages about hand-over, decision, funds, figures and public project."""

from django.urls import path

from .office import (
    amendments,
    decisions,
    figures,
    funds,
    handing_over,
    project_pictures,
    public_project,
)


def urls_at(case):
    """`case` is where the pages of one case lie; its converter is registered by then."""
    return [
        path("antraege/toepfe/", funds.funds, name="funds"),
        path("antraege/zahlen/", figures.show, name="case_figures"),
        *(
            path(
                f"antraege/zahlen/tabelle.{name}",
                figures.export,
                {"format_name": name},
                f"case_figures_{name}",
            )
            for name in ("csv", "xlsx")
        ),
        path(
            "projekte/<int:pk>/aus-dem-bescheid/",
            public_project.take_over,
            name="project_take_over",
        ),
        path(f"{case}uebergabe/", handing_over.look, name="handover"),
        path(f"{case}uebergabe/vorschau.zip", handing_over.preview_zip, name="handover_preview"),
        path(
            f"{case}uebergabe/anschreiben-vorschau.pdf",
            handing_over.preview_letter,
            name="handover_preview_letter",
        ),
        path(f"{case}uebergabe/uebergeben.zip", handing_over.sent_zip, name="handover_zip"),
        path(f"{case}uebergabe/anschreiben.pdf", handing_over.sent_letter, name="handover_letter"),
        path(
            f"{case}bescheid/<proposal_key:decision>/",
            decisions.letter,
            name="proposal_decision_letter",
        ),
        path(f"{case}frueher-beginn/", decisions.early_start, name="proposal_early_start"),
        path(f"{case}aenderung/", amendments.amendment, name="proposal_amendment"),
        path(f"{case}aenderung/erfassen/", amendments.amend, name="proposal_amend"),
        path(
            f"{case}aenderung/bestaetigen/", amendments.confirm, name="proposal_amendment_confirm"
        ),
        path(f"{case}aenderung/zuruecknehmen/", amendments.drop, name="proposal_amendment_drop"),
        path(f"{case}projekt/", public_project.make, name="proposal_make_project"),
        path(f"{case}projekt/bilder/", project_pictures.pictures, name="proposal_pictures"),
    ]
