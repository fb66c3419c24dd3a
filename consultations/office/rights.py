"""Who may open the pages of advice in the back office: the rights of roles.py on bookings."""

from django.contrib import admin

VIEW, CHANGE, ADD = (f"consultations.{action}_booking" for action in ("view", "change", "add"))
VIEW_WAITING, CHANGE_WAITING = (
    f"consultations.{action}_waitingentry" for action in ("view", "change")
)


def context(request, title, **more):
    return {**admin.site.each_context(request), "title": title, **more}
