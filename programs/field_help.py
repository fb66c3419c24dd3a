"""Help beside the fields of content, and their grouping, in the words of those who edit.

A help text of the model comes first. A text here belongs to one field ("project.place") or to every
field of that name ("position").
"""

from django.utils.translation import gettext_lazy as _


def section(heading, *fields, says=""):
    """One group of a form: heading, fields as Django takes them, a sentence about them."""
    return heading, {"fields": list(fields), **({"description": says} if says else {})}


HELP = {
    "position": _("Where it stands in its list: smaller numbers come first."),
    "slug": _(
        "Small letters, digits and hyphens. It is part of the address; if you change it, the "
        "former address leads here."
    ),
    "website": _("Starts with https://"),
    "summary": _("Two or three sentences; they stand in lists and above the text."),
    "published_on": _("The day that stands in the document."),
    "partner.slug": _("Small letters, digits and hyphens. Nobody sees it; it can stay as it is."),
    "applicantkind.slug": _("Part of the addresses of the questionnaire; it can stay as it is."),
    "measurekind.slug": _("Part of the addresses of the questionnaire; it can stay as it is."),
    "enclosurekind.slug": _(
        "Small letters, digits and hyphens. Nobody sees it; it can stay as it is."
    ),
    "targetgroup.slug": _("Part of the addresses of filtered lists; it can stay as it is."),
    "district.slug": _("Part of the addresses of filtered lists; it can stay as it is."),
    "document.slug": _("Small letters, digits and hyphens. The file is called so on download."),
    "program.summary": _("It stands below the name."),
    "program.slug": _("Small letters, digits and hyphens. Nobody sees it; it can stay as it is."),
    "program.starts_on": _("Since when Offenbach takes part."),
    "program.ends_on": _("Leave it empty while Offenbach takes part."),
    "program.predecessor": _("The programme that this one followed, if there was one."),
    "programperiod.ends_on": _("Leave it empty while the name is in use."),
    "programperiod.source": _("Where this can be read: a guideline, a page of the state."),
    "programperiod.as_of": _("The day somebody last checked the source."),
    "focusarea.aim": _("It stands below the title."),
    "focusarea.program": _("The programme this focus area belongs to."),
    "fundingline.program": _("The programme that pays this line."),
    "fundingline.focus_area": _("Leave it empty if the line fits several."),
    "fundingline.measure_kinds": _("The questionnaire “Which line fits?” leads here from these."),
    "fundingterms.valid_to": _("Leave it empty while no end is known."),
    "fundingterms.guideline": _("As it is called officially."),
    "fundingterms.source_url": _("The page on which it can be read."),
    "fundingterms.conditions": _("In plain words, one paragraph for each."),
    "fundingterms.deadline_day": _("Only for a day of the year."),
    "fundingterms.deadline_month": _("As a number: 3 is March."),
    "fundingterms.deadline_days_before_start": _("Only for days before the start."),
    "fundingterms.deadline_note": _("It stands beside the deadline."),
    "fundingterms.city_deadline": _(
        "Only for a deadline set by the city. Leave it empty until the day is known."
    ),
    "fundingterms.financing_type": _("Leave it empty if the guideline does not say."),
    "fundingterms.in_kind_counts": _(
        "If not, they stand apart in the plan and do not raise the grant."
    ),
    "fundingterms.overhead_allowed": _("If not, a plan may not ask for one."),
    "fundingterms.in_portal": _(
        "If not, nobody can start an outline for it here, and the page of the line says so."
    ),
    "fundingterms.decided_by": _(
        "The city decides only on its own money; everything else is handed over."
    ),
    "fundingterms.required_enclosures": _("The papers without which an outline is not complete."),
    "fundingrate.name": _("For instance: staff costs."),
    "fundingrate.kind": _("A share needs a percentage, everything else an amount."),
    "fundingrate.percent": _("Only for a share of the costs."),
    "fundingrate.max_units": _("Leave it empty if there is no limit."),
    "applicantkind.explanation": _("Helps people to recognise themselves; one sentence."),
    "enclosurekind.explanation": _("Helps people to find the right paper; one sentence."),
    "document.author": _("Who made it and may decide about it, for instance the city."),
    "document.licence": _("What others may do with it, for instance: CC BY 4.0"),
    "document.permission_note": _("The same in plain words; it stands beside the document."),
    "document.file": _("PDF, ODT or DOCX."),
    "page.key": _("Each place shows one text. It cannot be shown in two places."),
    "page.lead": _("One or two sentences below the title."),
    "page.reviewed_on": _("Visitors see this day on imprint, privacy and the like."),
    "page.review_due_on": _("Visitors see this day there, too."),
    "picture.file": _("JPEG, PNG or WebP. Place and camera are taken out of the file."),
    "picture.title": _("Only colleagues see it, where they choose a picture."),
    "picture.author": _("Who took or drew it; it stands below the picture."),
    "picture.consent": _("Without the consent of the people in it a picture cannot be shown."),
    "office.phone": _("It stands on every page."),
    "office.email": _("It stands on every page."),
    "office.hours": _("For instance: Monday to Thursday, 9 am to 3 pm."),
    "office.directions": _("Stop, entrance, lift: what helps to find it."),
    "notice.is_on": _("While it is on, it stands above every page."),
    "notice.shown_from": _("Leave it empty to show it at once."),
    "notice.shown_until": _("Leave it empty to show it until somebody switches it off."),
    "coordinator.name": _("As visitors shall read it."),
    "coordinator.phone": _("It stands on the advice page. Leave it empty to show none."),
    "coordinator.languages": _("The languages this person gives advice in."),
    "coordinator.user": _("The account of this person in this back office, if there is one."),
    "coordinator.is_public": _("If not, the person stands nowhere in the portal."),
    "openinghours.coordinator": _("Who advises."),
    "openinghours.closes": _("The last talk ends by then."),
    "openinghours.location": _("Only for talks on site."),
    "openinghours.valid_from": _("From this day on."),
    "specialhours.coordinator": _("Who advises."),
    "specialhours.closes": _("The last talk ends by then."),
    "specialhours.location": _("Only for talks on site."),
    "concern.name": _("In the words of those who come, for instance: First talk"),
    "concern.is_offered": _("Off: it can no longer be chosen; what is booked stays."),
    "concern.slug": _("Part of the address; it can stay as it is."),
    "location.directions": _("Stop, entrance, floor: what helps to find it."),
    "location.slug": _("Small letters, digits and hyphens. Nobody sees it; it can stay as it is."),
    "advicerules.start_every_minutes": _("Counted from the beginning of the hours."),
    "helpplace.phone": _("Visitors tap it to call."),
    "helpplace.description": _("One sentence that people understand in a hurry."),
    "organisation.kind": _("Visitors see it beside the name."),
    "organisation.is_listed": _("Only with the organisation's agreement."),
    "organisation.languages": _("The languages people there speak with visitors."),
    "project.results": _("When the project has ended: what it has brought."),
    "project.looks_for_help": _("If so, the project stands on the page “Taking part”."),
    "project.help_wanted": _("For instance: somebody who reads aloud on Tuesdays."),
    "project.organisation": _("Who carries the project."),
    "project.partners": _("Others who take part. Hold Ctrl (⌘ on a Mac) to choose several."),
    "project.place": _("Where it happens, for instance: Nordend neighbourhood office."),
    "project.ends_on": _("Leave it empty while no end is known."),
    "project.languages": _("The languages spoken in the project."),
    "project.target_groups": _("Visitors find the project by these."),
    "project.funding_line": _("The line that pays for it; leave it empty if there is none."),
    "projectdate.starts_at": _("The time in Offenbach."),
    "projectdate.place": _("Leave it empty if it is the place of the project."),
    "spokenlanguage.code": _("Two or three letters, for instance: de, tr, ar"),
    "spokenlanguage.name_in_itself": _("As its speakers write it, for instance: Türkçe"),
    "district.name": _("As the city writes it."),
    "checklistitem.text": _("As a sentence that is fulfilled or not."),
    "criterion.explanation": _("One sentence for those who score."),
    "criterion.most_points": _("From 1 to 100; usual are 5."),
    "cityfund.name": _("For instance: Neighbourhood fund Nordend"),
    "cityfund.amount": _("All of it for this year."),
    "cityfund.most_per_project": _("Leave it empty if there is no such limit."),
    "substitution.ends_on": _("The last day of the absence."),
    "lettertemplate.subject": _("One line; it also becomes the title of the PDF."),
    "lettertemplate.body": _("Each line becomes a paragraph. From the salutation to the greeting."),
    "lettertemplate.signed_by": _("Stands below the line for the signature: name, office."),
}


def help_for(db_field):
    """The text beside a field of a record or of its translation; empty where none is needed."""
    model = db_field.model._meta.model_name.removesuffix("translation")
    return HELP.get(f"{model}.{db_field.name}") or HELP.get(db_field.name, "")
