"""Forms of residents who book, move and wait; none of them knows the request."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offenbach_wir.contact_fields import MailField, NameField, PhoneField, plain
from offenbach_wir.forms import TrapMixin, helper
from offenbach_wir.translated import labels
from projects.models import SpokenLanguage

from .booking import Details
from .models import Coordinator
from .models.bookings import AccessNeed, Channel


class TalkForm(forms.Form):
    """Language, interpreter, way to talk and, if it matters, who; sent by GET."""

    concern = forms.SlugField(widget=forms.HiddenInput)
    language = forms.ChoiceField(label=_("In which language would you like to talk?"))
    interpreter = forms.ChoiceField(
        label=_("Do you need an interpreter?"),
        choices=[("no", _("No")), ("yes", _("Yes, please arrange one"))],
        widget=forms.RadioSelect,
        initial="no",
        help_text=_("It costs you nothing."),
    )
    channel = forms.ChoiceField(
        label=_("How would you like to talk?"),
        widget=forms.RadioSelect,
        choices=[
            (Channel.ON_SITE, _("On site, at our office")),
            (Channel.PHONE, _("By phone, we call you")),
            (Channel.VIDEO, _("By video, you get a link")),
        ],
        initial=Channel.ON_SITE,
    )
    coordinator = forms.ChoiceField(
        label=_("With whom?"), required=False, help_text=_("You need not choose anybody.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = list(Coordinator.objects.bookable().prefetch_related("languages"))
        spoken = {language.pk for person in people for language in person.languages.all()}
        self._spoken = spoken
        rows = labels(SpokenLanguage.objects.all(), key="code")
        self._keys = {code: pk for pk, code, _name, _lang in rows}
        ours = [(code, name) for pk, code, name, _lang in rows if pk in spoken]
        others = [(code, name) for pk, code, name, _lang in rows if pk not in spoken]
        self.fields["language"].choices = [
            (_("We speak"), ours),
            (_("With an interpreter"), others),
        ]
        self.fields["coordinator"].choices = [
            ("", pgettext_lazy("coordinator", "Whoever is free first")),
            *((str(person.pk), person.name) for person in people),
        ]
        if len(people) < 2:
            del self.fields["coordinator"]
        self.helper = helper(_("Show free times"), method="get")

    def clean(self):
        cleaned = super().clean()
        language = cleaned.get("language")
        is_unspoken = language and self._keys[language] not in self._spoken
        if is_unspoken and cleaned.get("interpreter") == "no":
            self.add_error(
                "interpreter",
                _("None of us speaks this language. Please choose “Yes, please arrange one”."),
            )
        return cleaned


class WhenForm(forms.Form):
    """The chosen time, as the button says it: an instant with its offset."""

    time = forms.CharField(max_length=40)


class ReachableMixin(forms.Form):
    """E-mail or phone: one of the two is enough, none is not."""

    def clean(self):
        cleaned = super().clean()
        has_none = not cleaned.get("email") and not cleaned.get("phone")
        if has_none and not self.has_error("email") and not self.has_error("phone"):
            self.add_error(
                "email", _("Please give an e-mail address or a phone number, so we can reach you.")
            )
        return cleaned


class PersonForm(ReachableMixin):
    """Who comes, and what they need; visitors answer it, and the office for those who call."""

    name = NameField(label=_("Your name"), help_text=_("As you would like to be addressed."))
    email = MailField(
        label=_("Your e-mail address"),
        required=False,
        help_text=_("You get a confirmation and a link to move or cancel."),
    )
    phone = PhoneField(
        label=_("Your phone number"),
        required=False,
        max_length=40,
        help_text=_("E-mail or phone: one of the two is enough."),
    )
    is_for_somebody_else = forms.BooleanField(
        label=_("I book for somebody else"),
        required=False,
        help_text=_("Please give the name of that person, and your own e-mail or phone."),
    )
    people = forms.IntegerField(
        label=_("How many people will come?"),
        min_value=1,
        max_value=20,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    access_needs = forms.MultipleChoiceField(
        label=_("What do you need so that the talk works well for you?"),
        required=False,
        choices=AccessNeed,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Is there anything we should know beforehand?"),
        required=False,
        max_length=1000,
        help_text=_("Please write nothing about health, religion or residence status."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def clean_note(self):
        return plain(self.cleaned_data["note"])

    @property
    def details(self):
        names = Details.__dataclass_fields__
        return Details(**{name: self.cleaned_data[name] for name in names})


class DetailsForm(PersonForm, TrapMixin):
    def __init__(self, *args, needs_phone=False, **kwargs):
        super().__init__(*args, **kwargs)
        if needs_phone:
            self.fields["phone"].required = True
            self.fields["phone"].help_text = _("We call you on this number.")
        self.helper = helper(_("Continue"))


class WaitingForm(ReachableMixin, TrapMixin):
    """For people who have no appointment yet."""

    name = NameField(label=_("Your name"), required=False)
    email = MailField(
        label=_("Your e-mail address"),
        required=False,
        help_text=_("We write to you as soon as a time is free."),
    )
    phone = PhoneField(
        label=_("Your phone number"),
        required=False,
        max_length=40,
        help_text=_("Without e-mail we call you. One of the two is enough."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Put me on the waiting list"))


class LinksForm(TrapMixin):
    email = MailField(label=_("Your e-mail address"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Send me my links"))


class LanguageOfMailsForm(forms.Form):
    language = forms.ChoiceField(label=_("Language of our mails to you"))

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = choices
