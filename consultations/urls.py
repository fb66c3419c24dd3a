from django.urls import path, register_converter

from .views import appointment, offer, steps, waiting

app_name = "consultations"


class Reference:
    """The short number of a booking; everything else in its place is the token of a link."""

    regex = "T-[2-9A-HJ-NP-Z]{7}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(Reference, "booking")

urlpatterns = [
    path("beratung/", offer.advice, name="advice"),
    path("beratung/anliegen/", steps.concern, name="concern"),
    path("beratung/gespraech/", steps.talk, name="talk"),
    path("beratung/termine/", steps.times, name="times"),
    path("beratung/buchen/", steps.details, name="details"),
    path("beratung/buchen/pruefen/", steps.check, name="check"),
    path("beratung/termin/<booking:reference>/", appointment.show, name="booking"),
    path("beratung/termin/<booking:reference>/gebucht/", appointment.done, name="done"),
    path("beratung/termin/<booking:reference>/bestaetigen/", appointment.confirm, name="confirm"),
    path("beratung/termin/<booking:reference>/verschieben/", appointment.move, name="move"),
    path("beratung/termin/<booking:reference>/absagen/", appointment.cancel, name="cancel"),
    path("beratung/termin/<booking:reference>/frueher/", waiting.earlier, name="earlier"),
    path(
        "beratung/termin/<booking:reference>/sprache/",
        appointment.mail_language,
        name="mail_language",
    ),
    path(
        "beratung/termin/<booking:reference>/termin.ics",
        appointment.calendar_file,
        name="calendar_file",
    ),
    path("beratung/termin/<booking:reference>/zettel/", appointment.slip, name="slip"),
    path("beratung/termin/<str:token>/", appointment.link, name="link"),
    path("beratung/links/", appointment.links, name="links"),
    path("beratung/links/gesendet/", appointment.links_sent, name="links_sent"),
    path("beratung/warteliste/", waiting.join, name="waiting"),
    path("beratung/warteliste/eintrag/", waiting.entry, name="waiting_entry"),
    path("beratung/warteliste/bestaetigen/", waiting.confirm, name="waiting_confirm"),
    path("beratung/warteliste/verlassen/", waiting.leave, name="waiting_leave"),
    path("beratung/warteliste/verlassen/fertig/", waiting.left, name="waiting_left"),
    path("beratung/warteliste/<str:token>/", waiting.link, name="waiting_link"),
]
