"""What the programme's content holds about people: little, and it is meant to be public."""

from django.utils.translation import gettext_lazy as _

from offenbach_wir.retention import (
    BINNABLE_CONTENT,
    CONTENT,
    TEXT,
    emptied_bin,
    keep,
    keep_published,
    keep_until_binned,
    nothing_personal,
)

keep_published("programs.page", "key reviewed_on review_due_on")
keep_published("programs.focusarea", "program slug position picture")
keep_published("programs.fundingline", "program slug position focus_area")
keep_published(
    "programs.document",
    "slug position file language licence published_on expires_on",
    personal="author",
)
nothing_personal("programs.pagetranslation", TEXT, "title lead body")
nothing_personal("programs.focusareatranslation", TEXT, "title aim summary body")
nothing_personal("programs.fundinglinetranslation", TEXT, "title summary body")
nothing_personal("programs.documenttranslation", TEXT, "title description permission_note")

keep(
    "programs.picture",
    owner="editor",
    purpose=_("Show pictures; name who made them and whether the people in them agreed."),
    basis=_("Art. 6 (1) a and c GDPR, section 13 of the copyright act"),
    personal="file author consent",
    other=f"{BINNABLE_CONTENT} width height sizes is_decorative rights focus_x focus_y created_at",
    rules=emptied_bin(),
    no_period_because=_("Kept as long as the picture is used."),
)
nothing_personal("programs.picturetranslation", TEXT, "title alt")

nothing_personal("programs.program", CONTENT, "slug starts_on ends_on predecessor")
nothing_personal("programs.programtranslation", TEXT, "name summary body")
nothing_personal("programs.programperiod", CONTENT, "program starts_on ends_on source as_of")
nothing_personal("programs.programperiodtranslation", TEXT, "name funder description")
nothing_personal("programs.measure", CONTENT, "focus_area position")
nothing_personal("programs.measuretranslation", TEXT, "title body")
keep_until_binned("programs.partner", "slug position website advises")
nothing_personal("programs.partnertranslation", TEXT, "name role")
keep_until_binned("programs.applicantkind", "slug position may_apply")
nothing_personal("programs.applicantkindtranslation", TEXT, "name explanation")
keep_until_binned("programs.measurekind", "slug position")
nothing_personal("programs.measurekindtranslation", TEXT, "name")
keep_until_binned("programs.enclosurekind", "slug position belongs_to_organisation")
nothing_personal("programs.enclosurekindtranslation", TEXT, "name explanation")
keep_until_binned(
    "programs.fundingterms",
    "line valid_from valid_to source_url as_of figures_confirmed deadline_rule",
    "deadline_month deadline_day deadline_in_year_before deadline_days_before_start",
    "city_deadline decided_by proof_months financing_type in_kind_counts",
    "overhead_allowed in_portal",
)
nothing_personal("programs.fundingtermstranslation", TEXT, "guideline conditions deadline_note")
nothing_personal(
    "programs.fundingrate", CONTENT, "terms position kind percent cap amount max_units"
)
nothing_personal("programs.fundingratetranslation", TEXT, "name unit")
# The office's own address and phone, nobody's in particular.
nothing_personal("programs.office", CONTENT, "phone email street postcode city")
nothing_personal("programs.officetranslation", TEXT, "name hours directions")
keep_until_binned("programs.notice", "is_on shown_from shown_until")
nothing_personal("programs.noticetranslation", TEXT, "title body")
nothing_personal("programs.oldaddress", "id path target")
