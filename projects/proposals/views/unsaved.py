"""What somebody typed before finding out that the session had ended: nothing of it is lost.

It waits in the new session, and the page shows it again after signing in, still unsaved.
"""

from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from offenbach_wir import access

KEY = "unsaved"
MOST_CHARACTERS = 400_000


def sign_in_first(request, by_itself):
    """The way to the log-in, with everything that was sent put aside."""
    if by_itself:
        words = _("You were signed out. Press “Save”: you sign in again, and your text is kept.")
        return JsonResponse({"signed_out": True, "message": words}, status=401)
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    page, typed = _page_with_the_form(request), request.POST.urlencode()
    if len(typed) <= MOST_CHARACTERS:
        request.session[KEY] = {"path": page, "typed": typed}
    return redirect_to_login(page)


def _page_with_the_form(request):
    """Some addresses only take a press; their form stands on the page it was sent from."""
    if "GET" in access.rule_for(access.name_of(request.resolver_match)).methods:
        return request.path
    sent_from = urlsplit(request.headers.get("Referer", "")).path
    return sent_from or reverse("proposals:overview", args=[request.resolver_match.kwargs["key"]])


def take(request):
    """What waits for this page, once; None where there is nothing."""
    kept = request.session.get(KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[KEY]
    return QueryDict(kept["typed"])
