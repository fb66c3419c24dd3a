"""What projects and organisations hold about people."""

from django.utils.translation import gettext_lazy as _

from offenbach_wir.retention import (
    BINNABLE_CONTENT,
    CONTENT,
    TEXT,
    emptied_bin,
    found_by,
    keep,
    keep_published,
    keep_until_binned,
    nothing_personal,
)

keep_published(
    "projects.project",
    "number slug organisation funding_line district place starts_on ends_on total_cost",
    "state_share city_share own_share third_party_share looks_for_help is_example",
    "sort_title focus_keys group_keys language_keys",
)
nothing_personal("projects.projecttranslation", TEXT, "title summary body results help_wanted")
nothing_personal("projects.projectpicture", "id project picture position")
nothing_personal(
    "projects.projectdate", CONTENT, "project starts_at ends_at place created_at updated_at"
)
nothing_personal("projects.projectdatetranslation", TEXT, "title")
keep(
    "projects.organisation",
    owner="coordinator",
    purpose=_("Show who carries projects, and pass on messages to them."),
    basis=_("Art. 6 (1) e GDPR: duties of a public body"),
    personal="email",
    other=f"{BINNABLE_CONTENT} search_title search_text name slug kind website is_listed"
    " is_example",
    rules=emptied_bin(),
    no_period_because=_("Kept as long as the organisation takes part."),
    find=found_by(email="email"),
    on_erasure={"email": ""},
)
nothing_personal("projects.organisationtranslation", TEXT, "summary body")
nothing_personal("projects.district", "id name slug has_neighbourhood_office")
keep_until_binned("projects.targetgroup", "slug position")
nothing_personal("projects.targetgrouptranslation", TEXT, "name")
keep_until_binned("projects.spokenlanguage", "code name_in_itself position")
nothing_personal("projects.spokenlanguagetranslation", TEXT, "name")
