"""What advice holds about people: so far only who advises."""

from django.utils.translation import gettext_lazy as _

from offenbach_wir.retention import CONTENT, TEXT, After, found_by, keep, nothing_personal

PURPOSE = _("Show residents who advises them.")
BASIS = _("Art. 6 (1) e GDPR: duties of a public body")
keep(
    "consultations.coordinator",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="user name phone picture is_public",
    other=f"{CONTENT} is_example position",
    no_period_because=_("Kept as long as the person advises."),
    find=found_by(user="user"),
    on_erasure=After.DELETE,
)
keep(
    "consultations.coordinatortranslation",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="role introduction",
    other=TEXT,
    no_period_because=_("Kept as long as the person advises."),
    find=found_by(user="master__user"),
    on_erasure=After.DELETE,
    part_of="master",
)
nothing_personal("consultations.helpplace", CONTENT, "phone website position")
nothing_personal("consultations.helpplacetranslation", TEXT, "name description")
