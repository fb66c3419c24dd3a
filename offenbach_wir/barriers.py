"""Report a barrier: an accessible form whose contact is optional, answered within six weeks."""

from django import forms
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from . import mails
from .forms import TrapMixin, helper
from .models import BarrierReport
from .rate_limits import limited


class BarrierForm(TrapMixin, forms.ModelForm):
    wish = forms.ChoiceField(
        label=_("What is it about?"),
        choices=BarrierReport.Wish,
        widget=forms.RadioSelect,
        initial=BarrierReport.Wish.BARRIER,
    )

    class Meta:
        model = BarrierReport
        fields = ["wish", "page_address", "description", "name", "contact"]
        labels = {
            "page_address": _("On which page?"),
            "description": _("What happened, or what do you need?"),
            "name": _("Your name"),
            "contact": _("Your e-mail address or phone number"),
        }
        help_texts = {
            "page_address": _("The address or the title of the page."),
            "description": _("In your own words. Please write nothing about your health."),
            "contact": _("Only if you would like an answer."),
        }
        widgets = {
            "page_address": forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
            "description": forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
            "name": forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
            "contact": forms.TextInput(attrs={"autocomplete": "email", "dir": "auto"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Send report"))

    def saved_before(self):
        """The report that the first sending of this form has made."""
        return BarrierReport.objects.filter(
            description=self.cleaned_data["description"], contact=self.cleaned_data["contact"]
        ).latest("created_at")


@require_http_methods(["GET", "HEAD", "POST"])
@limited("barrier")
def report(request):
    form = BarrierForm(request.POST or None, initial={"page_address": _page_asked(request)})
    if form.is_valid():
        with transaction.atomic():
            if form.is_first_sending():
                saved = form.save()
                mails.barrier_report(saved)
            else:
                saved = form.saved_before()
        return redirect("barrier_reported", reference=saved.reference)
    return render(request, "barriers/report.html", {"form": form})


def _page_asked(request):
    return request.GET.get("seite", "").replace("\x00", "")[:300]


@require_safe
def reported(request, reference):
    """Shows only what the number itself says: that it exists and by when it is answered."""
    request.personal = True
    saved = get_object_or_404(
        BarrierReport.objects.only("reference", "due_on"), reference=reference
    )
    return render(request, "barriers/reported.html", {"report": saved})
