"""What colleagues type at a case: notes, the formal check, declarations, scores, the statement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import OnceMixin, helper
from projects.proposals import checklist
from projects.proposals.models import ChecklistAnswer, ConflictDeclaration, Note, Score, Statement

from .sections import AnswerField

VERDICTS = ChecklistAnswer.Verdict
INTERNAL = _("For colleagues only. The organisation never sees it.")


def _text(model, name, label, rows, *, about="", **options):
    """A text area as long as that column. `about` says of which of several it is, to those who
    hear the page.
    """
    attrs = {"rows": rows, "dir": "auto"} | ({"aria-label": f"{label}: {about}"} if about else {})
    return AnswerField(
        label=label,
        max_length=model._meta.get_field(name).max_length,
        widget=forms.Textarea(attrs=attrs),
        **options,
    )


class NoteForm(OnceMixin):
    note = _text(Note, "text", _("Internal note"), 4, help_text=INTERNAL)


class LockForm(forms.Form):
    reason = AnswerField(
        label=_("Reason"),
        max_length=300,
        help_text=INTERNAL,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, *args, submit, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(submit)


class ChecklistForm(forms.Form):
    """`points` are [(item, answer or None)]. Every point may stay unanswered."""

    def __init__(self, *args, points, **kwargs):
        super().__init__(*args, **kwargs)
        self.points = points
        for item, answer in points:
            self.fields[f"verdict_{item.pk}"] = forms.ChoiceField(
                label=item.text,
                choices=VERDICTS,
                required=False,
                initial=answer.verdict if answer else None,
                widget=forms.RadioSelect,
            )
            self.fields[f"note_{item.pk}"] = _text(
                ChecklistAnswer,
                "note",
                _("Note"),
                2,
                about=item.text,
                required=False,
                initial=answer.note if answer else "",
            )
            self.fields[f"seen_{item.pk}"] = forms.CharField(
                required=False,
                max_length=32,
                initial=checklist.seen_of(answer),
                widget=forms.HiddenInput,
            )
            for name in ("verdict", "note"):
                self.fields[f"{name}_{item.pk}"].may_wait = True

    def rows(self):
        """[(item, answer, field of the result, field of the note, what was seen)]."""
        return [
            (item, answer, *(self[f"{name}_{item.pk}"] for name in ("verdict", "note", "seen")))
            for item, answer in self.points
        ]

    def clean(self):
        cleaned = super().clean()
        for item, _answer in self.points:
            verdict, note = cleaned.get(f"verdict_{item.pk}"), cleaned.get(f"note_{item.pk}")
            if verdict == VERDICTS.NO and note == "":
                self.add_error(f"note_{item.pk}", _("Please note what is missing."))
            if verdict == "" and note:
                self.add_error(f"verdict_{item.pk}", _("Please choose a result, too."))
        return cleaned

    @property
    def given(self):
        """[checklist.Given] of the points that have a result."""
        values = self.cleaned_data
        return [
            checklist.Given(
                item, verdict, values[f"note_{item.pk}"], values.get(f"seen_{item.pk}", "")
            )
            for item, _answer in self.points
            if (verdict := values[f"verdict_{item.pk}"])
        ]

    def show_now(self, conflicts):
        """After a conflict the page knows what is stored: saving again replaces it on purpose."""
        self.data = self.data.copy()
        for conflict in conflicts:
            name = self.add_prefix(f"seen_{conflict.given.item.pk}")
            self.data[name] = checklist.seen_of(conflict.theirs)


class DeclarationForm(forms.Form):
    FREE, CONFLICT = "free", "conflict"
    answer = forms.ChoiceField(
        label=_("Have you a conflict of interest in this case?"),
        choices=[
            (FREE, _("No. I can assess and decide freely.")),
            (CONFLICT, _("Yes. Somebody else has to do it.")),
        ],
        widget=forms.RadioSelect,
        help_text=_(
            "For instance: you or somebody close to you belong to the organisation, work for it, "
            "or gain from the grant."
        ),
    )
    reason = _text(
        ConflictDeclaration, "reason", _("What it is"), 3, required=False, help_text=INTERNAL
    )

    def __init__(self, *args, declaration, **kwargs):
        if declaration:
            answer = self.CONFLICT if declaration.has_conflict else self.FREE
            kwargs["initial"] = {"answer": answer, "reason": declaration.reason}
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Declare"))

    @property
    def has_conflict(self):
        return self.cleaned_data["answer"] == self.CONFLICT


class ScoresForm(forms.Form):
    """The own scores. A criterion may wait; points and reason belong together."""

    def __init__(self, *args, criteria, scores, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        own = {score.criterion_id: score for score in scores}
        for criterion in criteria:
            score = own.get(criterion.pk)
            self.fields[f"points_{criterion.pk}"] = forms.IntegerField(
                label=_("Points (0 to %(most)s)") % {"most": criterion.most_points},
                min_value=0,
                max_value=criterion.most_points,
                required=False,
                initial=score.points if score else None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
            self.fields[f"reason_{criterion.pk}"] = _text(
                Score,
                "reason",
                _("Reason"),
                3,
                required=False,
                initial=score.reason if score else "",
            )
            for name in ("points", "reason"):
                self.fields[f"{name}_{criterion.pk}"].may_wait = True

    def rows(self):
        """[(criterion, field of the points, field of the reason)]."""
        return [
            (criterion, self[f"points_{criterion.pk}"], self[f"reason_{criterion.pk}"])
            for criterion in self.criteria
        ]

    def clean(self):
        cleaned = super().clean()
        for criterion in self.criteria:
            names = (f"points_{criterion.pk}", f"reason_{criterion.pk}")
            if any(name in self.errors for name in names):
                continue
            points, reason = (cleaned[name] for name in names)
            was_scored = self.fields[names[0]].initial is not None
            if points is None and (reason or was_scored):
                self.add_error(names[0], _("Please give the points."))
            if not reason and (points is not None or was_scored):
                self.add_error(names[1], _("Please give a reason."))
        return cleaned

    @property
    def given(self):
        """{criterion: (points, reason)} of those that were scored."""
        values = self.cleaned_data
        return {
            criterion: (values[f"points_{criterion.pk}"], values[f"reason_{criterion.pk}"])
            for criterion in self.criteria
            if values[f"points_{criterion.pk}"] is not None
        }


class StatementForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Verdict"), choices=Statement.Verdict, widget=forms.RadioSelect
    )
    text = _text(
        Statement,
        "text",
        _("Statement"),
        12,
        help_text=_(
            "Goes to the granting authority with the case, or to those who decide. Not shown to "
            "the organisation in the portal."
        ),
    )
    # The version of the page: whoever saves later than a colleague notices it.
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    def __init__(self, *args, statement, **kwargs):
        kwargs["initial"] = (
            {"verdict": statement.verdict, "text": statement.text, "seen": statement.version}
            if statement
            else {"seen": 0}
        )
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Save the statement"))

    def show_now(self, statement):
        """After a conflict saving again replaces the colleague's text on purpose."""
        self.data = self.data.copy()
        self.data["seen"] = statement.version
