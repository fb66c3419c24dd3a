"""Organisations that registered, in the back office: joined with a public profile, or given a new
owner where the old one cannot be reached; nothing else.
"""

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offenbach_wir.models import User
from programs.content_admin import PlainFieldsMixin
from programs.field_help import section
from projects.models import Organisation

# Their records have files of their own.
from . import applicants, letter_admin, members, rules_admin  # noqa: F401
from .models import Applicant


class JoinForm(forms.ModelForm):
    class Meta:
        model = Applicant
        fields = ["organisation", "owner"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "organisation" in self.fields:
            self.fields["organisation"].queryset = Organisation.objects.outside_the_bin().filter(
                Q(applicant=None) | Q(applicant=self.instance)
            )
        if "owner" in self.fields:
            theirs = Q(memberships__applicant=self.instance) | Q(pk=self.instance.owner_id)
            self.fields["owner"].queryset = User.objects.filter(theirs).distinct()


class IsListedFilter(admin.SimpleListFilter):
    title = _("Public profile")
    parameter_name = "listed"

    def lookups(self, request, model_admin):
        return [("no", _("not shown in the portal")), ("yes", _("shown in the portal"))]

    def queryset(self, request, queryset):
        if self.value() in ("no", "yes"):
            return queryset.filter(organisation__is_listed=self.value() == "yes")
        return queryset


@admin.register(Applicant)
class ApplicantAdmin(PlainFieldsMixin, admin.ModelAdmin):
    form = JoinForm
    # The profile is shown to nobody before staff list it.
    view_on_site = False
    list_display = ["name", "kind_name", "legal_form", "is_listed", "created_at"]
    list_filter = [IsListedFilter, "legal_form"]
    list_select_related = ["organisation", "kind"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["organisation__name", "register_number"]
    readonly_fields = [
        *("kind_name", "legal_form", "is_charitable", "register_number", "address"),
        *("contact_name", "contact_email", "contact_phone", "created_at"),
    ]
    fieldsets = [
        section(
            _("Public profile"),
            "organisation",
            says=_(
                "If the organisation has a profile already, choose it here; the second one goes "
                "away. Nothing becomes public by that."
            ),
        ),
        section(
            _("What the organisation told"),
            *("kind_name", "legal_form", "is_charitable", "register_number", "address"),
            says=_("Its members change this themselves."),
        ),
        section(
            _("Who is responsible"),
            "owner",
            says=_(
                "If this person cannot be reached any more, choose another member. Please make "
                "sure first that the organisation wants it; the new person gets a mail."
            ),
        ),
        section(_("Contact"), "contact_name", "contact_email", "contact_phone", "created_at"),
    ]

    def has_add_permission(self, request):
        """Organisations register themselves."""
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organisation", "kind", "owner")
        return rows.prefetch_related("kind__translations")

    @admin.display(description=_("name"), ordering="organisation__name")
    def name(self, applicant):
        return applicant.name

    @admin.display(description=_("kind"))
    def kind_name(self, applicant):
        return applicant.kind.text.name

    @admin.display(description=_("shown in the portal"), boolean=True)
    def is_listed(self, applicant):
        return applicant.organisation.is_listed

    @admin.display(description=_("address"))
    def address(self, applicant):
        return f"{applicant.street}, {applicant.postcode} {applicant.city}"

    def save_model(self, request, obj, form, change):
        """Profile and owner are changed by the one verb for each, nothing else is."""
        if "owner" in form.changed_data:
            members.appoint(obj, form.cleaned_data["owner"], by=request.user, request=request)
        if "organisation" not in form.changed_data:
            obj.refresh_from_db()
            return
        try:
            with transaction.atomic():
                applicants.join(obj, form.cleaned_data["organisation"], request=request)
        except IntegrityError:
            messages.error(
                request, _("Not joined: this profile belongs to another organisation by now.")
            )
        obj.refresh_from_db()
