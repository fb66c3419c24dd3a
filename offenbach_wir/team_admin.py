"""Accounts and invitations in the back office, for administrators."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import events, languages, team
from .models import Event, Invitation, User
from .roles import ROLES
from .second_factor import TYPES
from .sessions import end_sessions, open_sessions


def names_of_roles(groups):
    return ", ".join(str(ROLES[g.name].name) for g in groups if g.name in ROLES) or "–"


class RolesField(forms.ModelMultipleChoiceField):
    """Roles by their names in the reader's language, each with what it does."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Roles"))
        super().__init__(Group.objects.filter(name__in=ROLES).order_by("pk"), **kwargs)

    def label_from_instance(self, group):
        role = ROLES[group.name]
        return f"{role.name}: {role.does}"


def language_field(help_text):
    return forms.ChoiceField(
        label=_("Language"),
        choices=lambda: [(code, languages.name_in_itself(code)) for code in languages.codes()],
        help_text=help_text,
    )


class InvitationForm(forms.ModelForm):
    roles = RolesField()
    language = language_field(_("Of the mail, and of the back office for this person at first."))

    class Meta:
        model = Invitation
        fields = ["email", "name", "language", "roles"]
        help_texts = {
            "email": _("The link goes to this address. Whoever opens it gets the account."),
            "name": _("As colleagues shall see it, for instance in the history of a text."),
        }

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email, is_staff=True, is_active=True).exists():
            raise forms.ValidationError(_("This person has an account already; change its roles."))
        return email

    def validate_constraints(self):
        """A new invitation takes back an older one, so two open ones cannot collide."""


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    form = InvitationForm
    list_display = ["email", "name", "created_at", "state", "inviter"]
    readonly_fields = ["language_name", "role_names", "created_at", "state", "inviter"]
    list_select_related = ["invited_by"]
    search_fields = ["email", "name"]
    show_full_result_count = False
    change_form_template = "administration/invitation.html"

    def get_fieldsets(self, request, obj=None):
        """To invite: what is asked for. Afterwards: what was sent, in words."""
        person = _("Who is invited")
        if obj is None:
            rights = {
                "fields": ["roles"],
                "description": _("Several roles together allow what each of them allows."),
            }
            return [
                (person, {"fields": ["email", "name", "language"]}),
                (_("What the person may do"), rights),
            ]
        return [
            (person, {"fields": ["email", "name", "language_name", "role_names"]}),
            (_("What became of it"), {"fields": ["state", "created_at", "inviter"]}),
        ]

    def render_change_form(self, request, context, *args, **kwargs):
        context["save_label"] = _("Send the invitation")
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("invited by"))
    def inviter(self, invitation):
        return invitation.invited_by or "–"

    @admin.display(description=_("language"))
    def language_name(self, invitation):
        return languages.name_in_itself(invitation.language)

    @admin.display(description=_("roles"))
    def role_names(self, invitation):
        return names_of_roles(invitation.roles.all())

    @admin.display(description=_("state"))
    def state(self, invitation):
        if invitation.accepted_at:
            return _("accepted")
        if invitation.revoked_at:
            return _("taken back")
        return _("open") if invitation.expires_at > timezone.now() else _("expired")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("roles")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        made, _link = team.invite(
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            roles=form.cleaned_data["roles"],
            language=form.cleaned_data["language"],
            invited_by=request.user,
            request=request,
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    def save_related(self, request, form, formsets, change):
        """The roles were set with the invitation."""

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, _("The invitation is on its way to %s.") % obj.email)
        return redirect("admin:offenbach_wir_invitation_changelist")

    def get_urls(self):
        return [
            path(
                "<int:pk>/zurueckziehen/",
                self.admin_site.admin_view(self.take_back_view),
                name="offenbach_wir_invitation_take_back",
            ),
            *super().get_urls(),
        ]

    def take_back_view(self, request, pk):
        if not self.has_add_permission(request):
            raise PermissionDenied
        invitation = get_object_or_404(Invitation, pk=pk)
        if request.method == "POST":
            team.take_back(invitation, request=request)
            messages.success(request, _("The invitation was taken back; its link no longer works."))
            return redirect("admin:offenbach_wir_invitation_changelist")
        context = self.admin_site.each_context(request) | {
            "title": _("Take back the invitation"),
            "question": _("The link in the mail stops working. You can invite again later."),
            "object": invitation,
            "button": _("Take back"),
            "back_url": reverse("admin:offenbach_wir_invitation_change", args=[pk]),
        }
        return TemplateResponse(request, "administration/confirm.html", context)


class UserForm(forms.ModelForm):
    roles = RolesField(required=False)
    language = language_field(_("Of the back office and of mails to this person."))

    class Meta:
        model = User
        fields = ["name", "language", "wants_digest"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roles"].initial = self.instance.groups.all()


# What an administrator can do with an account, each on a page that asks first.
STEPS = {
    "sitzungen-beenden": (
        _("End all sessions"),
        _("The person is signed out everywhere and can sign in again."),
    ),
    "zweiten-faktor-zuruecksetzen": (
        _("Reset the second factor"),
        _(
            "For a lost phone. Please make sure that it is really this person who asks. Passkeys, "
            "app and emergency codes are removed and all sessions end; at the next sign-in a new "
            "second factor is set up. The person gets a mail."
        ),
    ),
    "abschalten": (
        _("Switch off the account"),
        _("The person can no longer sign in, from the next click on. Nothing is deleted."),
    ),
    "einschalten": (_("Switch the account on again"), _("The person can sign in again.")),
}


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    form = UserForm
    list_display = ["email", "name", "role_names", "second_factor", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    readonly_fields = ["email", "is_active", "second_factor", "sessions", "date_joined"]
    fieldsets = [
        (_("Person"), {"fields": ["email", "name", "language", "wants_digest"]}),
        (
            _("What the person may do"),
            {
                "fields": ["roles"],
                "description": _("Several roles together allow what each of them allows."),
            },
        ),
        (
            _("Account"),
            {
                "fields": ["is_active", "second_factor", "sessions", "date_joined"],
                "description": _("The buttons at the top change what stands here."),
            },
        ),
    ]
    change_form_template = "administration/user.html"
    show_full_result_count = False
    ordering = ["email"]

    def has_add_permission(self, request):
        """Accounts of staff begin with an invitation."""
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=TYPES)
        return (
            super()
            .get_queryset(request)
            .prefetch_related("groups")
            .annotate(has_factor=Exists(factors))
        )

    @admin.display(description=_("roles"))
    def role_names(self, user):
        return names_of_roles(user.groups.all())

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, user):
        return user.has_factor

    @admin.display(description=_("signed in on"))
    def sessions(self, user):
        return open_sessions(user).count()

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "roles" in form.changed_data:
            team.set_roles(obj, form.cleaned_data["roles"], request=request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            raise_if_reauthentication_required(request, app="portal")
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except team.LastAdministratorError:
            messages.error(request, LAST_ADMINISTRATOR)
            return HttpResponseRedirect(request.path)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and self.has_change_permission(request, obj):
            hidden = "einschalten" if obj.is_active else "abschalten"
            context["steps"] = [
                (reverse("admin:offenbach_wir_user_step", args=[obj.pk, step]), title)
                for step, (title, _question) in STEPS.items()
                if step != hidden
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_urls(self):
        return [
            path(
                "<int:pk>/schritt/<slug:step>/",
                self.admin_site.admin_view(self.step_view),
                name="offenbach_wir_user_step",
            ),
            *super().get_urls(),
        ]

    def step_view(self, request, pk, step):
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user) or step not in STEPS:
            raise PermissionDenied
        raise_if_reauthentication_required(request, app="portal")
        back = reverse("admin:offenbach_wir_user_change", args=[pk])
        if request.method == "POST":
            try:
                self._take(step, user, request)
            except team.LastAdministratorError:
                messages.error(request, LAST_ADMINISTRATOR)
            else:
                messages.success(request, _("Done."))
            return redirect(back)
        title, question = STEPS[step]
        context = self.admin_site.each_context(request) | {
            "title": title,
            "question": question,
            "object": user,
            "button": title,
            "back_url": back,
        }
        return TemplateResponse(request, "administration/confirm.html", context)

    def _take(self, step, user, request):
        if step == "sitzungen-beenden":
            n = end_sessions(user)
            events.record(Event.Kind.SESSIONS_ENDED, request=request, subject=user, n=n)
        elif step == "zweiten-faktor-zuruecksetzen":
            team.reset_second_factor(user, request=request)
        else:
            team.set_active(user, step == "einschalten", request=request)


LAST_ADMINISTRATOR = _(
    "Not changed: the portal needs at least one administrator. Give somebody else this role first."
)
