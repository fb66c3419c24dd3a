"""What can be done with many cases at once, and to which."""

import re
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_CASES = 200
BEGIN_CHECK, ASSIGN, LABEL, UNLABEL = "begin_check", "assign", "label", "unlabel"
_CHOICE = re.compile(r"([a-z2-7]{26}):([0-9]{1,9}):([0-9]{1,18})")


@dataclass(frozen=True)
class Chosen:
    """A case as the page showed it: its step, and the key of who looked after it (or None)."""

    key: str
    step_number: int
    assignee: int | None


def chosen_as(proposal):
    """The value of the box before a case."""
    return f"{proposal.key}:{proposal.step_number}:{proposal.assignee_id or 0}"


def chosen_of(values):
    """[Chosen] of what a form sent, each case once; whatever no page has offered is left out."""
    found = {}
    for match in filter(None, map(_CHOICE.fullmatch, values)):
        key, step_number, assignee = match.groups()
        found[key] = Chosen(key, int(step_number), int(assignee) or None)
    return list(found.values())


class BulkForm(forms.Form):
    """`action` is the name of an action, with the key of a colleague or a label behind it."""

    action = forms.ChoiceField(
        label=gettext_lazy("What is to be done"),
        error_messages={
            "required": gettext_lazy("Please choose what is to be done."),
            "invalid_choice": gettext_lazy("This is no longer possible. Please choose again."),
        },
    )
    everything = forms.BooleanField(
        label=gettext_lazy("All hits of the list, also those on other pages"), required=False
    )

    def __init__(self, asked, *args, **kwargs):
        """`asked` is the QueueFilter of the list, which knows colleagues and labels."""
        super().__init__(*args, use_required_attribute=False, **kwargs)
        labels = [(label.pk, label.name) for label in asked.case_labels if label.is_in_use]
        all_labels = [(label.pk, label.name) for label in asked.case_labels]
        people = [(user.pk, str(user)) for user in asked.colleagues]
        self.fields["action"].choices = [
            ("", _("Please choose")),
            (BEGIN_CHECK, _("Begin the formal check")),
            (_("Give to"), _choices(ASSIGN, [*people, (0, _("Nobody"))])),
            *([(_("Add a label"), _choices(LABEL, labels))] if labels else []),
            *([(_("Remove a label"), _choices(UNLABEL, all_labels))] if all_labels else []),
        ]


def _choices(action, rows):
    return [(f"{action}:{pk}", name) for pk, name in rows]
