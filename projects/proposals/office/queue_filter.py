"""What the queue is asked: every filter stands in the address, so that a list can be kept and
passed on.
"""

from django import forms
from django.db.models import F, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offenbach_wir.search import LONGEST_QUERY
from offenbach_wir.translated import labels
from programs.models import FundingLine
from projects.proposals.case import State
from projects.proposals.colleagues import who_look_after
from projects.proposals.literal_search import patterns
from projects.proposals.models import Applicant, CaseLabel, Proposal

from .what_waits import ME, NOBODY, QUESTIONS, Asker, of_assignee

ORDERS = {
    "": (F("due_on").asc(nulls_last=True), "submitted_at", "pk"),
    "newest": (F("submitted_at").desc(nulls_last=True), "-pk"),
    "oldest": (F("submitted_at").asc(nulls_last=True), "pk"),
    # The short name in addresses: letters without marks, which both databases sort alike.
    "organisation": ("applicant__organisation__slug", "submitted_at", "pk"),
}


class QueueFilter(forms.Form):
    """`colleagues` and `case_labels` are what was read for the choices, for other forms there."""

    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        choices=[(name, question.words) for name, question in QUESTIONS.items()],
        required=False,
    )
    q = forms.CharField(
        label=gettext_lazy("Reference, title or organisation"),
        max_length=LONGEST_QUERY,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("Every state")),
            *((state.value, state.label) for state in State if state != State.DRAFT),
        ],
        required=False,
    )
    line = forms.ChoiceField(label=gettext_lazy("Funding line"), required=False)
    label = forms.ChoiceField(label=gettext_lazy("Label"), required=False)
    assignee = forms.ChoiceField(label=gettext_lazy("Looked after by"), required=False)
    year = forms.TypedChoiceField(
        label=gettext_lazy("Handed in in"), required=False, coerce=int, empty_value=None
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Sort"),
        choices=[
            ("", gettext_lazy("What is due first")),
            ("oldest", gettext_lazy("Handed in first")),
            ("newest", gettext_lazy("Handed in last")),
            ("organisation", gettext_lazy("By organisation")),
        ],
        required=False,
    )
    # The first two are always open, the others behind "More filters".
    NARROWING = ("state", "line", "label", "assignee", "year", "sort")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.colleagues = list(who_look_after())
        self.case_labels = list(CaseLabel.objects.all())
        lines = labels(FundingLine.objects.all(), field="title")
        self.fields["line"].choices = [
            ("", _("Every line")),
            *((slug, title) for _pk, slug, title, _language in lines),
        ]
        self.fields["label"].choices = [
            ("", _("With and without")),
            *((str(label.pk), label.name) for label in self.case_labels),
        ]
        self.fields["assignee"].choices = [
            ("", _("Everybody")),
            (ME, _("Me, and those I stand in for")),
            (NOBODY, _("Nobody")),
            *((str(user.pk), str(user)) for user in self.colleagues),
        ]
        self.fields["year"].choices = [("", _("Every year")), *((y, y) for y in _years())]

    @property
    def is_narrowed(self):
        return any(self.data.get(name) for name in self.NARROWING)

    def rows(self, asker):
        """The cases asked for, sorted; none where a filter is not to be understood."""
        if not self.is_valid():
            return Proposal.objects.none()
        asked = self.cleaned_data
        rows = QUESTIONS[asked["show"]].narrow(asker.cases(), asker)
        rows = of_assignee(rows, asked["assignee"], asker)
        if asked["state"]:
            rows = rows.filter(state=asked["state"])
        if asked["line"]:
            rows = rows.filter(funding_line__slug=asked["line"])
        if asked["label"]:
            rows = rows.filter(labels=asked["label"])
        if asked["year"]:
            rows = rows.filter(submitted_at__year=asked["year"])
        return found(rows, asked["q"]).order_by(*ORDERS[asked["sort"]])


def asked_of(query, user):
    """(form, rows) of the query of an address."""
    form = QueueFilter(query)
    return form, form.rows(Asker(user))


def found(rows, query):
    """Rows in which every word stands in reference, title or name of the organisation."""
    for pattern in patterns(query):
        rows = rows.filter(
            Q(reference__regex=pattern)
            | Q(title__regex=pattern)
            # Looked for among the organisations, which are few, not anew for each of their cases.
            | Q(applicant__in=Applicant.objects.filter(organisation__name__regex=pattern))
        )
    return rows


def _years():
    """The years in which something was handed in, the newest first."""
    ends = Proposal.objects.aggregate(first=Min("submitted_at"), last=Max("submitted_at"))
    if ends["first"] is None:
        return []
    first, last = (timezone.localtime(ends[name]).year for name in ("first", "last"))
    return list(range(last, first - 1, -1))
