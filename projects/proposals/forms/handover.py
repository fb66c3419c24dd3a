"""Handing a case over to the granting authority."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.proposals import handing_over
from projects.proposals.models import Handover

from .decisions import day_field
from .sections import AnswerField
from .steps import StepForm, own


@own("hand_over")
class HandOverForm(StepForm):
    """Letter and checksum are made with the form, before the transaction of the step: a ZIP of
    many files takes its time.
    """

    shows = "proposals/office/handover_links.html"
    recipient = AnswerField(
        label=_("To whom?"),
        max_length=200,
        help_text=_("The address as it stands in the letter, a line for each line."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    handed_over_on = day_field(_("Day of the hand-over"))
    note = AnswerField(
        label=_("How was it sent?"),
        required=False,
        max_length=300,
        help_text=_("For instance: uploaded at the authority's portal, or by post."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    outgoing = None
    checksum = kept = ""

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {
            "recipient": handing_over.recipient_by_default(),
            "handed_over_on": timezone.localdate(),
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean_handed_over_on(self):
        day = self.cleaned_data["handed_over_on"]
        if day > timezone.localdate() + datetime.timedelta(days=1):
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean(self):
        cleaned = super().clean()
        if self.errors or not self.step.starts_from(self.proposal.state):
            return cleaned
        try:
            self.outgoing = handing_over.outgoing(
                self.proposal, recipient=cleaned["recipient"], on=cleaned["handed_over_on"]
            )
        except handing_over.NotReadyError as error:
            raise ValidationError(
                _("The letter cannot be made just now. Please tell whoever runs the portal.")
            ) from error
        if self.outgoing.left_out:
            raise ValidationError(
                _(
                    "These files cannot be handed over, because they are gone or could not be "
                    "checked for viruses: %(names)s. Please ask for them, or try again later."
                ),
                params={"names": ", ".join(self.outgoing.left_out)},
            )
        self.checksum = self.outgoing.zip.checksum()
        return cleaned

    def work(self, proposal, now):
        if self.outgoing is None:
            return {}
        if handing_over.statement_of(proposal) != self.outgoing.statement:
            raise ValidationError(
                _("The statement was changed just now. Please look at what goes out once more.")
            )
        self.kept = handing_over.keep_letter(self.outgoing.letter)
        handover = Handover.objects.create(
            proposal=proposal,
            version=self.outgoing.version,
            recipient=self.cleaned_data["recipient"],
            handed_over_on=self.cleaned_data["handed_over_on"],
            note=self.cleaned_data["note"],
            statement=self.outgoing.statement,
            letter=self.kept,
            checksum=self.checksum,
            recorded_by=self.user,
        )
        return {"handover": handover.pk, "checksum": self.checksum}

    def undo(self):
        if self.kept:
            storages["private"].delete(self.kept)
            self.kept = ""
