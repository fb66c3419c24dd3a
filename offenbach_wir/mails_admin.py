"""The outbox and the texts of mails in the back office. A role sees the mails of its areas only."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from post_office.models import STATUS

from . import events, languages, mail_texts
from .models import Event, MailText, QueuedMail
from .roles import mail_areas_of
from .templatetags.portal import language_name, rich

REASONS = {
    "SMTPRecipientsRefused": _("The mail server refused this address."),
    "SMTPDataError": _("The mail server refused the content."),
    "SMTPSenderRefused": _("The mail server refused the portal as sender."),
    "SMTPAuthenticationError": _("The mail server refused the portal's access data."),
    "FileNotFoundError": _("An attachment is missing."),
}
NO_SERVER = {
    *("ConnectionRefusedError", "ConnectionResetError", "ConnectionAbortedError", "OSError"),
    *("TimeoutError", "gaierror", "SMTPConnectError", "SMTPServerDisconnected", "SMTPHeloError"),
    *("BrokenPipeError", "SSLError", "SSLCertVerificationError", "SMTPNotSupportedError"),
}


# Read-only fields of a form have no empty value of their own.
NOTHING = "–"


def reason_in_words(log):
    if log.exception_type in NO_SERVER:
        return _("The mail server could not be reached safely.")
    return REASONS.get(log.exception_type, _("The mail could not be sent."))


def purpose_of(queued):
    mail = mail_texts.get(queued.template)
    return mail.purpose if mail else queued.template


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        states = QueuedMail.State
        shown = [(s.value, s.label) for s in (states.WAITING, states.SENT, states.UNDELIVERABLE)]
        return [*shown, ("needs_attention", _("undeliverable, nobody has dealt with it"))]

    def queryset(self, request, rows):
        value = self.value()
        return getattr(rows, value)() if value in dict(self.lookup_choices) else rows


class MailFilter(admin.SimpleListFilter):
    title = _("mail")
    parameter_name = "mail"

    def lookups(self, request, model_admin):
        mails = mail_texts.in_areas(mail_areas_of(request.user))
        return [(mail.name, mail.purpose) for mail in mails]

    def queryset(self, request, rows):
        return rows.filter(template=self.value()) if self.value() else rows


@admin.register(QueuedMail)
class QueuedMailAdmin(admin.ModelAdmin):
    list_display = ["created_at", "purpose", "recipient", "state_in_words", "language_name"]
    list_filter = [StateFilter, MailFilter]
    search_fields = ["email__to"]
    search_help_text = _("Part of the recipient's address")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    readonly_fields = [
        *("state_in_words", "reason", "settled_at", "purpose", "recipient", "subject_line"),
        *("created_at", "language_name", "area", "attachments", "text", "formatted"),
    ]
    fieldsets = [
        (
            _("What became of it"),
            {
                "fields": ["state_in_words", "reason", "settled_at"],
                "description": _(
                    "If a mail cannot be delivered: send it again, or reach the person in another "
                    "way and tick it off as dealt with."
                ),
            },
        ),
        (_("What for and to whom"), {"fields": ["purpose", "recipient", "area", "created_at"]}),
        (
            _("What it says"),
            {"fields": ["subject_line", "language_name", "text", "formatted", "attachments"]},
        ),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).in_areas(mail_areas_of(request.user))
        return rows.select_related("email").defer("email__message", "email__html_message")

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is None and self.has_view_permission(request):
            raise Http404
        return found

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def may_send_again(self, request):
        return request.user.has_perm("offenbach_wir.change_queuedmail")

    def get_urls(self):
        wrap, name = self.admin_site.admin_view, "offenbach_wir_queuedmail_"
        return [
            path(
                "<int:pk>/erneut-senden/",
                wrap(require_POST(self.send_again)),
                name=f"{name}send_again",
            ),
            path("<int:pk>/erledigt/", wrap(require_POST(self.settle)), name=f"{name}settle"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["offers_sending"] = self.may_send_again(request) and obj.can_be_sent_again
        context["offers_settling"] = self.may_send_again(request) and obj.needs_attention
        context["heading"] = context["subtitle"] = self.purpose(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def send_again(self, request, pk):
        if not self.may_send_again(request):
            raise PermissionDenied
        queued = get_object_or_404(self.get_queryset(request), pk=pk)
        with transaction.atomic():
            is_queued = queued.send_again()
            if is_queued:
                events.record(Event.Kind.MAIL_SENT_AGAIN, request=request, subject=queued)
        if is_queued:
            messages.success(request, _("The mail is being sent again."))
        else:
            messages.warning(request, _("This mail is waiting already, or its content is deleted."))
        return redirect("admin:offenbach_wir_queuedmail_change", pk)

    def settle(self, request, pk):
        """Takes an undeliverable mail off the start page."""
        if not self.may_send_again(request):
            raise PermissionDenied
        queued = get_object_or_404(self.get_queryset(request), pk=pk)
        with transaction.atomic():
            is_settled = queued.settle()
            if is_settled:
                events.record(Event.Kind.MAIL_SETTLED, request=request, subject=queued)
        if is_settled:
            messages.success(request, _("Ticked off as dealt with."))
        else:
            messages.warning(request, _("There is nothing to deal with here any more."))
        return redirect("admin:offenbach_wir_queuedmail_changelist")

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, queued):
        return language_name(queued.language)

    @admin.display(description=_("mail"), ordering="template")
    def purpose(self, queued):
        return purpose_of(queued)

    @admin.display(description=_("recipient's address"))
    def recipient(self, queued):
        if queued.email is None:
            return NOTHING
        return format_html('<bdi dir="ltr">{}</bdi>', ", ".join(queued.email.to))

    @admin.display(description=_("state"))
    def state_in_words(self, queued):
        return queued.state.label

    @admin.display(description=_("why it was not sent"))
    def reason(self, queued):
        """Of the last try, also while further ones follow."""
        if queued.email is None or queued.state == QueuedMail.State.SENT:
            return NOTHING
        log = queued.email.logs.filter(status=STATUS.failed).order_by("-date", "-pk").first()
        if log is None:
            return NOTHING
        return format_html("{}<br><small>{}</small>", reason_in_words(log), log.message)

    @admin.display(description=_("subject"))
    def subject_line(self, queued):
        return format_html("<bdi>{}</bdi>", queued.email.subject) if queued.email else NOTHING

    @admin.display(description=_("attachments"))
    def attachments(self, queued):
        if queued.email is None:
            return NOTHING
        files = ((file.name, file.mimetype) for file in queued.email.attachments.all())
        return format_html_join(", ", "<bdi>{}</bdi> ({})", files) or NOTHING

    @admin.display(description=_("text"))
    def text(self, queued):
        closed = self._why_closed(queued)
        return closed or format_html('<pre class="mail-text">{}</pre>', queued.email.message)

    @admin.display(description=_("formatted"))
    def formatted(self, queued):
        html = None if self._why_closed(queued) else queued.email.html_message
        return format_html('<div class="mail-formatted">{}</div>', rich(html)) if html else NOTHING

    def _why_closed(self, queued):
        """Why the content cannot be read here, or an empty text."""
        if queued.email is None:
            return QueuedMail.State.DELETED.label
        mail = mail_texts.get(queued.template)
        if mail is None or mail.is_secret:
            return _("Only the recipient may read this mail: it holds a secret link.")
        return ""


class MailTextForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "subject": _("Leave it empty to use the portal's own subject."),
            "introduction": _("Leave it empty to use the portal's own introduction."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # So that a new text shows its placeholders and the portal's own words beside it.
        self.instance.template = self.instance.template or self.initial.get("template", "")
        self.instance.language = self.instance.language or self.initial.get("language", "")

    def clean(self):
        cleaned = super().clean()
        mail = mail_texts.get(cleaned.get("template") or self.instance.template)
        for name in ("subject", "introduction"):
            try:
                if mail:
                    mail_texts.check_placeholders(mail, cleaned.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned


@admin.register(MailText)
class MailTextAdmin(admin.ModelAdmin):
    """The list is the catalogue: every mail in every language, with or without an own text."""

    form = MailTextForm
    readonly_fields = ["placeholders", "portal_text"]

    def mails(self, request):
        return mail_texts.in_areas(mail_areas_of(request.user))

    def mail(self, request, name):
        return next((mail for mail in self.mails(request) if mail.name == name), None)

    def asked(self, request):
        """{template, language} that the address of a new text names, where both exist."""
        template, language = (request.GET.get(name, "") for name in ("template", "language"))
        is_known = self.mail(request, template) and language in languages.codes()
        return {"template": template, "language": language} if is_known else {}

    def get_queryset(self, request):
        names = [mail.name for mail in self.mails(request)]
        return super().get_queryset(request).filter(template__in=names)

    def get_changeform_initial_data(self, request):
        return self.asked(request)

    def get_fieldsets(self, request, obj=None):
        which = ["purpose", "language_name"] if obj else ["template", "language"]
        yours = {
            "fields": ["subject", "introduction", "placeholders"],
            "description": _(
                "Write a placeholder with its braces where the portal is to put in the fact."
            ),
        }
        return [
            (_("Which mail"), {"fields": [*which, "portal_text"]}),
            (_("Your words"), yours),
        ]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(("purpose", "language_name") if obj else ())]

    @admin.display(description=_("language"))
    def language_name(self, text):
        return language_name(text.language)

    def get_urls(self):
        wrap, name = self.admin_site.admin_view, "offenbach_wir_mailtext_"
        mail = "<slug:template>/<slug:language>/"
        return [
            path(f"vorschau/{mail}", wrap(require_safe(self.preview)), name=f"{name}preview"),
            path(f"probe/{mail}", wrap(require_POST(self.try_out)), name=f"{name}try_out"),
            *super().get_urls(),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "template":
            choices = [(mail.name, mail.purpose) for mail in self.mails(request)]
            made = forms.ChoiceField(label=_("Mail"), choices=choices)
        else:
            made = super().formfield_for_dbfield(db_field, request, **kwargs)
        if asked := self.asked(request).get(db_field.name):
            made.initial, made.disabled = asked, True
        return made

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = {(text.template, text.language): text for text in self.get_queryset(request)}
        rows = [
            (mail, [(code, own.get((mail.name, code))) for code in languages.codes()])
            for mail in self.mails(request)
        ]
        context = self.admin_site.each_context(request) | {
            "title": self.opts.verbose_name_plural,
            "opts": self.opts,
            "languages": languages.codes(),
            "rows": rows,
            "may_write": self.has_add_permission(request) and self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/mails/texts.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        shown = {"template": obj.template, "language": obj.language} if obj else self.asked(request)
        if obj:
            context["heading"] = context["subtitle"] = self.purpose(obj)
        context["try_out_url"] = (
            reverse("admin:offenbach_wir_mailtext_try_out", kwargs=shown)
            if shown.get("language") in languages.codes()
            else ""
        )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def preview(self, request, template, language):
        """The mail as it is saved, with its examples."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._shown(request, template, language)

    def try_out(self, request, template, language):
        """The mail as it stands in the open form; saves nothing."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        own = MailText(
            template=template,
            language=language,
            subject=request.POST.get("subject", "")[:150],
            introduction=request.POST.get("introduction", "")[:2000],
        )
        return self._shown(request, template, language, own)

    def _shown(self, request, template, language, own=None):
        mail = self.mail(request, template)
        if mail is None or language not in languages.codes():
            raise Http404
        versions = [mail_texts.write(template, language, mail.example_context, own)]
        if language != mail_texts.GERMAN:
            versions.append(mail_texts.write(template, mail_texts.GERMAN, mail.example_context))
        text, html = mail_texts.both_texts(versions)
        context = self.admin_site.each_context(request) | {
            "title": mail.purpose,
            "opts": self.opts,
            "language": language,
            "subject": versions[0].subject,
            "text": text,
            "html": html,
            "text_errors": _errors_of(mail, own) if own else [],
        }
        return TemplateResponse(request, "admin/mails/preview.html", context)

    @admin.display(description=_("mail"))
    def purpose(self, text):
        return purpose_of(text)

    @admin.display(description=_("placeholders"))
    def placeholders(self, text):
        mail = mail_texts.get(text.template)
        if mail is None:
            return _("They appear here once the mail is chosen and saved.")
        return format_html_join(
            "",
            "<div><code>{{{}}}</code> {}</div>",
            ((name, placeholder.meaning) for name, placeholder in mail.placeholders.items()),
        )

    @admin.display(description=_("the portal's own words"))
    def portal_text(self, text):
        mail = mail_texts.get(text.template)
        if mail is None:
            return NOTHING
        language = text.language if text.language in languages.codes() else mail_texts.GERMAN
        written = mail_texts.write(mail.name, language, mail.example_context, MailText())
        return format_html(
            '<div lang="{}" dir="{}"><strong>{}</strong><pre class="mail-text">{}</pre></div>',
            *(written.tag, written.direction, written.subject, written.introduction),
        )


def _errors_of(mail, text):
    errors = []
    for part in (text.subject, text.introduction):
        try:
            mail_texts.check_placeholders(mail, part)
        except ValidationError as error:
            errors += error.messages
    return errors
