"""Addresses of an organisation, below antraege/; included before the keys of proposals."""

from django.urls import path

from .views import applicants, members, papers

urlpatterns = [
    path("organisation/neu/", applicants.register, name="register"),
    path("organisation/<key:key>/", applicants.detail, name="applicant"),
    path("organisation/<key:key>/bearbeiten/", applicants.edit, name="applicant_edit"),
    path("organisation/<key:key>/loeschen/", applicants.delete, name="applicant_delete"),
    path("organisation/<key:key>/mitglieder/", members.members, name="members"),
    path("organisation/<key:key>/mitglieder/<int:pk>/rolle/", members.role, name="member_role"),
    path(
        "organisation/<key:key>/mitglieder/<int:pk>/entfernen/",
        members.remove,
        name="member_remove",
    ),
    path(
        "organisation/<key:key>/mitglieder/<int:pk>/uebergeben/",
        members.hand_over,
        name="hand_over",
    ),
    path("organisation/<key:key>/mitglieder/verlassen/", members.leave, name="leave"),
    path(
        "organisation/<key:key>/einladungen/<int:pk>/zuruecknehmen/",
        members.take_back,
        name="invitation_take_back",
    ),
    path("einladung/", members.invitation, name="invitation"),
    path("einladung/<str:secret>/", members.invitation_link, name="invitation_link"),
    path("organisation/<key:key>/unterlagen/", papers.papers, name="papers"),
    path("organisation/<key:key>/unterlagen/<key:filekey>/", papers.download, name="paper"),
    path(
        "organisation/<key:key>/unterlagen/<key:filekey>/entfernen/",
        papers.remove,
        name="paper_remove",
    ),
]
