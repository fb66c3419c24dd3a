"""Which address is open to whom: the second half of the table of rights (the first is roles.py).

Every address of the portal stands here by its name; records of the back office stand by what is
done with them, because all of them follow one pattern. A test asks every address as everybody, and
an address that is missing here fails the build.
"""

from dataclasses import dataclass
from enum import Enum

from django.http import Http404, HttpResponseNotAllowed

READ = ("GET",)
FORM = ("GET", "POST")
PRESS = ("POST",)


class Who(Enum):
    ANYONE = "anyone"
    SIGNED_IN = "anyone with an account"
    STAFF = "staff with a second factor"
    # Opened by what the visitor carries (a code on its way, a secret link), not by who it is.
    CARRIER = "whoever has the code or the link"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Rule:
    who: Who
    methods: tuple = READ


@dataclass(frozen=True)
class RecordRule:
    """Open to the roles that may do `action` with the record, as roles.py says. The record is in
    the name of the address, or stands in `label` ("app.model").
    """

    action: str
    methods: tuple = FORM
    label: str = ""


def _rules(rule, *names):
    return dict.fromkeys(names, rule)


ADDRESSES = {
    **_rules(
        Rule(Who.ANYONE),
        *("root", "health", "robots", "security_txt", "sitemap_index", "sitemap", "media"),
        *("open_data_json", "open_data_csv", "home", "search", "barrier_reported"),
        "proposal_schema",
        *("programs:program", "programs:focus_area", "programs:funding", "programs:which_line"),
        *("programs:funding_line", "programs:material", "programs:page"),
        *("proposals:intro", "proposals:questions", "proposals:paper_form", "proposals:example"),
        *("projects:list", "projects:feed", "projects:detail", "projects:date_calendar"),
        *("projects:organisation", "projects:written_to", "projects:taking_part"),
        *("consultations:advice", "account_inactive"),
        *("consultations:concern", "consultations:talk", "consultations:links_sent"),
        "consultations:waiting_left",
        # These exist in demo mode only.
        *("demo:index", "demo:mails", "demo:mail", "demo:mail_attachment"),
    ),
    **_rules(Rule(Who.ANYONE, FORM), "barrier_report", "projects:write_to"),
    **_rules(
        Rule(Who.ANYONE, FORM),
        *("consultations:times", "consultations:links", "consultations:waiting"),
    ),
    # Opened by the token of the settings.
    "metrics": Rule(Who.CARRIER),
    # Opened by a held time or by the secret link, which the session keeps.
    **_rules(
        Rule(Who.CARRIER),
        *("consultations:link", "consultations:booking", "consultations:done"),
        *("consultations:calendar_file", "consultations:slip", "calendar_feed"),
        *("consultations:waiting_link", "consultations:waiting_entry"),
    ),
    **_rules(
        Rule(Who.CARRIER, FORM),
        *("consultations:details", "consultations:check", "consultations:move"),
        "consultations:cancel",
    ),
    **_rules(
        Rule(Who.CARRIER, PRESS),
        *("consultations:confirm", "consultations:earlier", "consultations:mail_language"),
        *("consultations:waiting_confirm", "consultations:waiting_leave"),
    ),
    **_rules(
        Rule(Who.ANYONE, FORM),
        *("account_login", "account_request_login_code", "account_reset_password"),
        *("account_signup", "account_logout", "mfa_login_webauthn"),
    ),
    **_rules(Rule(Who.ANYONE, PRESS), "demo:step_in"),
    **_rules(
        Rule(Who.CARRIER, FORM),
        *("account_confirm_login_code", "account_email_verification_sent", "mfa_authenticate"),
        *("invitation", "invitation_link"),
        # For those who have a second factor to show.
        *("mfa_reauthenticate", "account_reauthenticate", "mfa_reauthenticate_webauthn"),
    ),
    **_rules(
        Rule(Who.SIGNED_IN),
        *("account", "account_data", "account_data_file", "mfa_index"),
        *("mfa_view_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn"),
    ),
    **_rules(
        Rule(Who.SIGNED_IN, FORM),
        *(
            "account_email",
            "account_preferences",
            "account_delete",
            "usersessions_list",
            "mfa_activate_totp",
        ),
        *("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"),
        *("mfa_edit_webauthn", "mfa_remove_webauthn"),
    ),
    # Own proposals only: the views look among those of the person's organisations.
    **_rules(
        Rule(Who.SIGNED_IN),
        *("proposals:own", "proposals:overview", "proposals:check", "proposals:receipt"),
        *("proposals:pdf", "proposals:everything", "proposals:plan_download"),
        *("proposals:enclosure", "proposals:deadline_calendar", "proposals:decision_letter"),
        *("proposals:versions", "proposals:version_differences", "proposals:version_pdf"),
        *("proposals:version_receipt", "proposals:version_everything", "proposals:unsent"),
        *("proposals:grant", "proposals:duty_calendar"),
    ),
    **_rules(
        Rule(Who.SIGNED_IN, FORM),
        *("proposals:new", "proposals:section", "proposals:plan", "proposals:enclosures"),
        *("proposals:delete", "proposals:step", "proposals:supplement"),
        *("proposals:ask_for_money", "proposals:report", "proposals:change"),
    ),
    **_rules(
        Rule(Who.SIGNED_IN, PRESS),
        *("proposals:plan_check", "proposals:plan_rows", "proposals:plan_paste"),
        *("proposals:enclosure_remove", "proposals:submit", "proposals:withdraw"),
        *("proposals:message", "proposals:book_advice"),
        *("proposals:report_check", "proposals:report_rows", "proposals:report_paste"),
        *("proposals:interim_hand_in", "proposals:change_check"),
    ),
    "admin:proposal_list": RecordRule("view", READ, "proposals.proposal"),
    **_rules(
        RecordRule("view", READ, "proposals.proposal"),
        *("admin:proposal_list_csv", "admin:proposal_list_xlsx"),
    ),
    **_rules(
        RecordRule("view", PRESS, "proposals.proposal"),
        *("admin:proposal_follow", "admin:proposal_unfollow"),
    ),
    "admin:proposal_case": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_file": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_versions": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_version_differences": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_version_pdf": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_preview": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_history": RecordRule("view", READ, "proposals.proposal"),
    **_rules(
        RecordRule("view", READ, "proposals.proposal"),
        *("admin:duty_calendar", "admin:duty_calendar_file"),
    ),
    "admin:proposal_change": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_report": RecordRule("view", READ, "proposals.proposal"),
    "admin:proposal_case_file": RecordRule("change", READ, "proposals.proposal"),
    **_rules(
        RecordRule("change", FORM, "proposals.proposal"),
        *("admin:proposal_checklist", "admin:proposal_statement"),
        *("admin:proposal_lock", "admin:proposal_unlock"),
        *("admin:proposal_pay", "admin:proposal_refuse_payment", "admin:proposal_note_payment"),
        *("admin:proposal_change_agree", "admin:proposal_change_refuse"),
    ),
    "admin:proposal_note": RecordRule("change", PRESS, "proposals.proposal"),
    # Each for themselves, at a case they may read.
    "admin:proposal_declare": RecordRule("add", FORM, "proposals.conflictdeclaration"),
    "admin:proposal_scores": RecordRule("add", FORM, "proposals.score"),
    # Whose step it is, case.STEPS says.
    "admin:proposal_step": RecordRule("view", FORM, "proposals.proposal"),
    **_rules(
        RecordRule("change", PRESS, "proposals.proposal"),
        *("admin:proposal_answer", "admin:proposal_settle", "admin:proposal_assign"),
        *("admin:proposal_take", "admin:proposal_labels", "admin:proposal_bulk"),
        "admin:proposal_bulk_confirm",
    ),
    # Hand-over, decision, funds, public project. Who confirms an amendment, the view asks.
    "admin:funds": RecordRule("view", READ, "proposals.cityfund"),
    **_rules(
        RecordRule("view", READ, "proposals.casecount"),
        *("admin:case_figures", "admin:case_figures_csv", "admin:case_figures_xlsx"),
    ),
    "admin:project_take_over": RecordRule("change", PRESS, "projects.project"),
    **_rules(
        RecordRule("view", READ, "proposals.proposal"),
        *("admin:handover_zip", "admin:handover_letter", "admin:proposal_decision_letter"),
        "admin:proposal_amendment",
    ),
    **_rules(
        RecordRule("view", PRESS, "proposals.proposal"),
        *("admin:proposal_amendment_confirm", "admin:proposal_amendment_drop"),
    ),
    **_rules(
        RecordRule("change", READ, "proposals.proposal"),
        *("admin:handover", "admin:handover_preview", "admin:handover_preview_letter"),
    ),
    **_rules(
        RecordRule("change", FORM, "proposals.proposal"),
        *("admin:proposal_early_start", "admin:proposal_amend"),
    ),
    "admin:proposal_make_project": RecordRule("change", PRESS, "proposals.proposal"),
    # Who may have pictures at the project, the view asks as well.
    "admin:proposal_pictures": RecordRule("change", FORM, "proposals.proposal"),
    # Own organisations only: the views look among those the person belongs to.
    **_rules(Rule(Who.SIGNED_IN), "proposals:applicant", "proposals:paper"),
    **_rules(
        Rule(Who.SIGNED_IN, FORM),
        *("proposals:register", "proposals:applicant_edit", "proposals:applicant_delete"),
        *("proposals:members", "proposals:member_remove", "proposals:hand_over"),
        *("proposals:leave", "proposals:papers"),
    ),
    **_rules(
        Rule(Who.SIGNED_IN, PRESS),
        *("proposals:member_role", "proposals:invitation_take_back", "proposals:paper_remove"),
    ),
    "proposals:invitation_link": Rule(Who.CARRIER),
    "proposals:invitation": Rule(Who.CARRIER, FORM),
    **_rules(
        Rule(Who.STAFF),
        *("admin:index", "admin:app_list", "admin:jsi18n", "admin:autocomplete"),
        *("admin:office_search", "admin:waiting"),
    ),
    # The record is part of the address, and the view asks for the right to see it.
    **_rules(Rule(Who.STAFF), "admin:export_csv", "admin:export_xlsx"),
    "admin:health": RecordRule("view", READ, "offenbach_wir.jobrun"),
    "admin:retention": RecordRule("view", READ, "offenbach_wir.legalhold"),
    "admin:offenbach_wir_legalhold_lift": RecordRule("change", FORM, "offenbach_wir.legalhold"),
    "admin:person_data": RecordRule("view", READ, "offenbach_wir.erasure"),
    "admin:person_found": RecordRule("view", PRESS, "offenbach_wir.erasure"),
    "admin:person_export": RecordRule("view", PRESS, "offenbach_wir.erasure"),
    "admin:person_erase": RecordRule("add", PRESS, "offenbach_wir.erasure"),
    **_rules(
        RecordRule("view", READ, "consultations.booking"),
        *("admin:agenda", "admin:agenda_week", "admin:agenda_printed", "admin:talks", "admin:talk"),
    ),
    **_rules(
        RecordRule("change", FORM, "consultations.booking"), "admin:talk_move", "admin:talk_cancel"
    ),
    **_rules(
        RecordRule("change", PRESS, "consultations.booking"),
        *("admin:talk_notes", "admin:talk_confirm", "admin:talk_outcome", "admin:talk_send_again"),
    ),
    "admin:book_for_caller": RecordRule("add", FORM, "consultations.booking"),
    "admin:waiting_list": RecordRule("view", READ, "consultations.waitingentry"),
    "admin:waiting_take_off": RecordRule("change", PRESS, "consultations.waitingentry"),
    "admin:holidays": RecordRule("view", READ, "consultations.openedholiday"),
    "admin:holiday_open": RecordRule("add", PRESS, "consultations.openedholiday"),
    "admin:holiday_close": RecordRule("delete", PRESS, "consultations.openedholiday"),
    "admin:calendar_feeds": RecordRule("view", READ, "consultations.calendarfeed"),
    "admin:calendar_feed_renew": RecordRule("change", PRESS, "consultations.calendarfeed"),
    "admin:calendar_feed_end": RecordRule("delete", PRESS, "consultations.calendarfeed"),
    **_rules(
        RecordRule("view", READ, "consultations.advicecount"),
        *("admin:figures", "admin:figures_csv", "admin:figures_xlsx"),
    ),
    **_rules(Rule(Who.ANYONE), "admin:login", "admin:logout"),
    **_rules(
        Rule(Who.NOBODY, FORM),
        *("admin:password_change", "admin:password_change_done", "admin:view_on_site"),
        "admin:None",
    ),
}

# admin:<app>_<model>_<what> → which action of roles.py it takes.
RECORDS = {
    "changelist": RecordRule("view"),
    "add": RecordRule("add"),
    "change": RecordRule("view"),
    "history": RecordRule("view", READ),
    "delete": RecordRule("delete"),
    "preview": RecordRule("view", READ),
    "delete_translation": RecordRule("delete"),
    "bulk": RecordRule("change", PRESS),
    "restore": RecordRule("change", PRESS),
    "restore_version": RecordRule("change"),
    "checked": RecordRule("change", PRESS),
    "take_back": RecordRule("add"),
    "step": RecordRule("change"),
    "send_again": RecordRule("change", PRESS),
    "settle": RecordRule("change", PRESS),
    "try_out": RecordRule("change", PRESS),
    "check_again": RecordRule("change", PRESS),
}


def rule_for(name):
    """The rule of an address by its full name; KeyError where the table is silent."""
    if name in ADDRESSES:
        return ADDRESSES[name]
    if not name.startswith("admin:"):
        raise KeyError(name)
    endings = [what for what in RECORDS if name.endswith(f"_{what}")]
    if not endings:
        raise KeyError(name)
    return RECORDS[max(endings, key=len)]


def label_of(name):
    """The record an address of the back office is about: "admin:projects_project_add" → label."""
    if label := getattr(ADDRESSES.get(name), "label", ""):
        return label
    what = max((w for w in RECORDS if name.endswith(f"_{w}")), key=len)
    return _label(name.removeprefix("admin:").removesuffix(f"_{what}"))


def _label(joined):
    """ "offenbach_wir_barrierreport" → "offenbach_wir.barrierreport": models have no underscore."""
    app, _underscore, model = joined.rpartition("_")
    return f"{app}.{model}"


def name_of(match):
    """The full name of a resolved address; the catch-all of the back office has none of its own."""
    return ":".join([*match.namespaces, str(match.url_name)])


def closed_unless_listed(get_response):
    """Middleware: an address that the table does not know is closed, as is a method it does not
    name. It stands before everything that looks at the form or the session.
    """

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        try:
            methods = rule_for(name_of(request.resolver_match)).methods
        except KeyError:
            raise Http404 from None
        if request.method in methods or (request.method == "HEAD" and "GET" in methods):
            return None
        return HttpResponseNotAllowed([*methods, *(["HEAD"] if "GET" in methods else [])])

    middleware.process_view = process_view
    return middleware
