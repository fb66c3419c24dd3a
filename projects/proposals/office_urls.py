"""Addresses of the city's pages about proposals; the admin site carries them."""

from django.urls import path, register_converter

from .office import (
    assessment,
    assigning,
    bulk,
    case,
    changes,
    checklist,
    duties,
    files,
    history,
    labels,
    lock,
    notes,
    payments,
    queue,
    reports,
    statement,
    steps,
    versions,
)
from .office_decision_urls import urls_at
from .urls import Key

register_converter(Key, "proposal_key")
CASE = "antraege/<proposal_key:key>/"

urls = [
    path("antraege/", queue.proposals, name="proposal_list"),
    *(
        path(
            f"antraege/tabelle.{name}", queue.export, {"format_name": name}, f"proposal_list_{name}"
        )
        for name in ("csv", "xlsx")
    ),
    path("antraege/kalender/", duties.duties, name="duty_calendar"),
    path("antraege/kalender/fristen.ics", duties.calendar_file, name="duty_calendar_file"),
    path("antraege/gemeinsam/", bulk.preview, name="proposal_bulk"),
    path("antraege/gemeinsam/tun/", bulk.confirm, name="proposal_bulk_confirm"),
    path(CASE, case.case, name="proposal_case"),
    path(f"{CASE}zuteilen/", assigning.assign, name="proposal_assign"),
    path(f"{CASE}uebernehmen/", assigning.take, name="proposal_take"),
    path(f"{CASE}folgen/", assigning.follow, name="proposal_follow"),
    path(f"{CASE}nicht-mehr-folgen/", assigning.unfollow, name="proposal_unfollow"),
    path(f"{CASE}kennzeichen/", labels.labels, name="proposal_labels"),
    path(f"{CASE}antworten/", case.answer, name="proposal_answer"),
    path(f"{CASE}erledigt/", case.settle, name="proposal_settle"),
    path(f"{CASE}schritt/<slug:step>/", steps.step, name="proposal_step"),
    path(f"{CASE}fassungen/", versions.versions, name="proposal_versions"),
    path(
        f"{CASE}fassungen/<int:old>/<int:new>/",
        versions.compare,
        name="proposal_version_differences",
    ),
    path(f"{CASE}fassungen/<int:number>/antrag.pdf", versions.pdf, name="proposal_version_pdf"),
    path(f"{CASE}dateien/<proposal_key:file>/", files.file, name="proposal_file"),
    path(f"{CASE}dateien/<proposal_key:file>/vorschau/", files.preview, name="proposal_preview"),
    path(f"{CASE}notiz/", notes.write, name="proposal_note"),
    path(f"{CASE}formale-pruefung/", checklist.check, name="proposal_checklist"),
    path(f"{CASE}befangenheit/", assessment.declare, name="proposal_declare"),
    path(f"{CASE}bewertung/", assessment.score, name="proposal_scores"),
    path(f"{CASE}stellungnahme/", statement.write, name="proposal_statement"),
    path(f"{CASE}sperren/", lock.lock, name="proposal_lock"),
    path(f"{CASE}entsperren/", lock.unlock, name="proposal_unlock"),
    path(f"{CASE}geld/zahlung/", payments.note, name="proposal_note_payment"),
    path(f"{CASE}aenderung/<int:number>/", changes.change, name="proposal_change"),
    path(f"{CASE}aenderung/<int:number>/zustimmen/", changes.agree, name="proposal_change_agree"),
    path(f"{CASE}aenderung/<int:number>/ablehnen/", changes.refuse, name="proposal_change_refuse"),
    path(f"{CASE}bericht/<report:kind>/", reports.report, name="proposal_report"),
    path(f"{CASE}geld/<int:number>/zahlen/", payments.pay, name="proposal_pay"),
    path(f"{CASE}geld/<int:number>/ablehnen/", payments.refuse, name="proposal_refuse_payment"),
    path(f"{CASE}verlauf/", history.history, name="proposal_history"),
    path(f"{CASE}akte.zip", history.download, name="proposal_case_file"),
    *urls_at(CASE),
]
