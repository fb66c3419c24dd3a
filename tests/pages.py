"""One address for each kind of public page, without its language."""

PUBLIC = {
    "home": "",
    "program": "programm/",
    "focus_area": "programm/schwerpunkte/willkommens-und-anerkennungskultur/",
    "funding": "foerderung/",
    "funding_line": "foerderung/integrationslotsen/",
    "which_line": "foerderung/welche-linie/",
    "which_line_answer": (
        "foerderung/welche-linie/?organisation=migrant-organisation&measure=pilot-project"
        "&start=2027-09-01"
    ),
    "which_line_private": (
        "foerderung/welche-linie/?organisation=private-person&measure=pilot-project"
    ),
    "which_line_errors": "foerderung/welche-linie/?start=irgendwann",
    "proposals": "antraege/",
    "proposals_line": "antraege/?line=modellprojekte&start=2027-09-01",
    "proposals_errors": "antraege/?start=irgendwann",
    "proposal_questions": "antraege/fragen/",
    "proposal_paper_form": "antraege/formular/",
    "proposal_example": "antraege/beispiel/",
    "material": "material/",
    "projects": "projekte/",
    "projects_filtered": "projekte/?q=deutsch&status=running&status=finished",
    "projects_empty": "projekte/?q=xyzzy&district=rosenhoehe",
    "project": "projekte/sprachcafe-zeit-fuer-deutsch/",
    "project_finished": "projekte/fahrradkurs-fuer-frauen/",
    "organisation": "organisationen/granatapfel/",
    "write_to": "organisationen/granatapfel/schreiben/",
    "taking_part": "mitmachen/",
    "advice": "beratung/",
    "advice_concern": "beratung/anliegen/",
    "advice_talk": "beratung/gespraech/?concern=erstberatung",
    "advice_times": (
        "beratung/termine/?concern=erstberatung&language=de&interpreter=no&channel=on_site"
    ),
    "search": "suche/?q=deutsch",
    "search_empty": "suche/?q=xyzzy",
    "imprint": "impressum/",
    "privacy": "datenschutz/",
    "accessibility": "barrierefreiheit/",
    "easy_language": "leichte-sprache/",
    "barrier_report": "barriere-melden/",
    "demo": "demo/",
    "mails": "demo/mails/",
    "not_found": "gibt-es-nicht/",
}
