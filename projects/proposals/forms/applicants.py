"""What an organisation tells about itself, its papers, and whom it invites."""

import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from offenbach_wir import enclosure_files, languages
from offenbach_wir.contact_fields import MailField, NameField, PhoneField, plain
from offenbach_wir.forms import OnceMixin, helper
from programs.models import ApplicantKind, EnclosureKind
from projects.models import Organisation, SpokenLanguage
from projects.proposals.applicants import KIND_OF_PROFILE
from projects.proposals.models import Applicant, MemberInvitation
from projects.proposals.models.applicants import Role

MOST_OPEN_INVITATIONS = 20
MEMBER_ROLES = [(role.value, role.label) for role in (Role.EDITOR, Role.READER)]


class LineField(forms.CharField):
    """One line without controls that would turn or hide what follows it."""

    def __init__(self, *, autocomplete="off", inputmode="", **kwargs):
        attrs = {"autocomplete": autocomplete, "dir": "auto"}
        if inputmode:
            attrs["inputmode"] = inputmode
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value):
        return " ".join(plain(super().to_python(value) or "").split())


class KindField(forms.ModelChoiceField):
    widget = forms.RadioSelect

    def label_from_instance(self, kind):
        text = kind.text
        return f"{text.name}: {text.explanation}" if text.explanation else text.name


class NamedField(forms.ModelChoiceField):
    def label_from_instance(self, row):
        return row.text.name


class NamedManyField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, row):
        return row.text.name


def kinds_that_register():
    """All that may apply, and groups without legal form, who find a partner; no private persons."""
    rows = ApplicantKind.objects.outside_the_bin().filter(
        Q(may_apply=True) | Q(slug__in=KIND_OF_PROFILE)
    )
    return rows.with_texts()


class ApplicantForm(OnceMixin, forms.ModelForm):
    """To register and to change. A name that the public sees already is changed by staff alone."""

    name = LineField(
        label=_("Name of the organisation"),
        max_length=200,
        autocomplete="organization",
        help_text=_("As it stands in the statutes, if there are any."),
    )
    kind = KindField(None, label=_("What are you?"), empty_label=None)
    is_charitable = forms.BooleanField(
        label=_("We are recognised as charitable"),
        required=False,
        help_text=_("The tax office has confirmed it with a notice."),
    )
    register_number = LineField(
        label=_("Number in the register"),
        required=False,
        max_length=60,
        help_text=_("For a registered association, for instance: VR 12345, Amtsgericht Offenbach."),
    )
    street = LineField(label=_("Street and number"), max_length=120, autocomplete="address-line1")
    postcode = LineField(
        label=_("Postcode"), max_length=10, autocomplete="postal-code", inputmode="numeric"
    )
    city = LineField(label=_("Town"), max_length=80, autocomplete="address-level2")
    contact_name = NameField(
        label=_("Contact person"), help_text=_("Whom we may ask about your proposals.")
    )
    contact_email = MailField(label=_("E-mail of the contact person"))
    contact_phone = PhoneField(
        label=_("Phone of the contact person"), required=False, max_length=40
    )
    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        max_length=200,
        widget=forms.URLInput(attrs={"autocomplete": "url", "inputmode": "url", "dir": "ltr"}),
    )
    languages = NamedManyField(
        None,
        label=_("Languages spoken in your organisation"),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Applicant
        fields = [
            *("legal_form", "kind", "is_charitable", "register_number", "street", "postcode"),
            *("city", "contact_name", "contact_email", "contact_phone", "website", "languages"),
        ]

    field_order = ["name", *Meta.fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds_that_register()
        self.fields["languages"].queryset = SpokenLanguage.objects.outside_the_bin().with_texts()
        self.fields["legal_form"].label = _("Legal form")
        self.fields["legal_form"].choices = [
            ("", _("Please choose")),
            *Applicant.LegalForm.choices,
        ]
        self.fields["legal_form"].widget.attrs["autocomplete"] = "off"
        if self.instance.pk:
            self.initial |= {"name": self.instance.name, "version": self.instance.version}
            if self.instance.organisation.is_listed:
                self.fields["name"].disabled = True
                self.fields["name"].help_text = _(
                    "It stands on your public page. Please write to us if it is to change."
                )
        self.helper = helper(_("Save") if self.instance.pk else _("Register"))

    def clean_website(self):
        """Only what a browser opens as a page."""
        address = self.cleaned_data["website"]
        if address and not address.lower().startswith(("https://", "http://")):
            raise ValidationError(_("Please write an address that starts with https://"))
        return address

    def clean(self):
        cleaned = super().clean()
        legal_form, kind = cleaned.get("legal_form"), cleaned.get("kind")
        is_association = legal_form == Applicant.LegalForm.REGISTERED_ASSOCIATION
        if is_association and not cleaned.get("register_number"):
            self.add_error("register_number", _("Please give the number in the register."))
        if legal_form and kind:
            self._match(legal_form == Applicant.LegalForm.UNREGISTERED_GROUP, kind)
        return cleaned

    def _match(self, has_no_form, kind):
        """What a group may apply for follows from its kind, so the two must not contradict."""
        group = next((row for row in self.fields["kind"].queryset if _is_group(row)), None)
        if group and has_no_form and not _is_group(kind):
            self.add_error(
                "kind",
                format_lazy(
                    _("For a group without legal form please choose “{name}” here."),
                    name=group.text.name,
                ),
            )
        if not has_no_form and _is_group(kind):
            self.add_error(
                "legal_form",
                _("You chose a group without legal form below. Please choose the same here."),
            )

    def sending_key(self):
        """One shown form registers one organisation, whatever was changed before it came again."""
        return hashlib.sha256(f"register {self.data['shown_at']}".encode()).hexdigest()

    def differences(self, current):
        """[(label, what is stored now)] of the fields in which what was typed differs from it."""
        stored = type(self)(instance=current)
        return [
            (field.label, stored.in_words(name))
            for name, field in self.fields.items()
            if name not in ("version", "shown_at")
            and field.has_changed(stored[name].initial, self[name].data)
        ]

    def in_words(self, name):
        """The stored value of a field as a page shows it."""
        value = self[name].initial
        if name == "kind":
            return self.instance.kind.text.name
        if name == "languages":
            return ", ".join(row.text.name for row in self.instance.languages.with_texts()) or "–"
        if name == "legal_form":
            return self.instance.get_legal_form_display()
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return value or "–"

    def show_again(self, version):
        """What was typed stays; the next saving is one on top of what is stored now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


def _is_group(kind):
    return KIND_OF_PROFILE.get(kind.slug) == Organisation.Kind.INITIATIVE


class InvitationForm(OnceMixin):
    """Whom to invite, as what, and in which language to write."""

    email = MailField(label=_("E-mail address"))
    role = forms.ChoiceField(
        label=_("What may this person do?"),
        choices=[
            (Role.EDITOR.value, _("Write: change proposals, papers and details")),
            (Role.READER.value, _("Read: see everything, change nothing")),
        ],
        widget=forms.RadioSelect,
        initial=Role.EDITOR.value,
    )
    language = forms.ChoiceField(label=_("Language of the mail"))

    field_order = ["email", "role", "language"]

    def __init__(self, *args, applicant, **kwargs):
        super().__init__(*args, **kwargs)
        self.applicant = applicant
        self.fields["language"].choices = [
            (code, languages.name_in_itself(code)) for code in languages.codes()
        ]
        self.fields["language"].initial = languages.active()
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        self.helper = helper(_("Send the invitation"))

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        is_member = self.applicant.memberships.filter(user__email=email).exists()
        if is_member or self.applicant.owner.email == email:
            raise ValidationError(_("This person is already there."), code="member")
        return email

    def clean(self):
        cleaned = super().clean()
        rows = MemberInvitation.objects.open().filter(applicant=self.applicant)
        if rows.exclude(email=cleaned.get("email", "")).count() >= MOST_OPEN_INVITATIONS:
            raise ValidationError(
                _("There are many open invitations already. Please take some back first."),
                code="too_many",
            )
        return cleaned


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=MEMBER_ROLES)


class PaperForm(OnceMixin):
    """One paper with what it is and until when it holds; files.py checks it by its content."""

    kind = NamedField(None, label=_("What is it?"), empty_label=_("Please choose"))
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": enclosure_files.ACCEPT}),
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"],
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        help_text=_("If a date stands on the paper. This page says when it has passed."),
        error_messages={"invalid": _("Please write the day like this: 31.03.2027")},
    )

    field_order = ["kind", "file", "expires_on"]

    def __init__(self, *args, most_megabytes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = (
            EnclosureKind.objects.outside_the_bin()
            .filter(belongs_to_organisation=True)
            .with_texts()
        )
        self.fields["kind"].widget.attrs["autocomplete"] = "off"
        self.fields["file"].help_text = _("One of these: %(kinds)s. At most %(limit)s MB.") % {
            "kinds": enclosure_files.KINDS,
            "limit": most_megabytes,
        }
        self.helper = helper(_("Upload"))

    def sending_key(self):
        """A file is another object each time; its name and size are the same."""
        file, kind = self.cleaned_data["file"], self.cleaned_data["kind"]
        sent = f"paper {self.data['shown_at']} {kind.pk} {file.size} {file.name}"
        return hashlib.sha256(sent.encode()).hexdigest()
