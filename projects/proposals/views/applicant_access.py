"""Who may open which organisation: foreign ones are 404, own ones may be closed to a role (403)."""

import functools

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from projects.proposals.models import Applicant
from projects.proposals.models.applicants import Role


def _opened_for(*roles):
    def decorate(view):
        @login_required
        @functools.wraps(view)
        def opened(request, key, **kwargs):
            rows = Applicant.objects.of(request.user)
            rows = rows.select_related("organisation", "owner", "kind")
            applicant = get_object_or_404(rows.prefetch_related("kind__translations"), key=key)
            role = applicant.role_of(request.user)
            if role not in roles:
                raise PermissionDenied
            # For views and templates, which show only the buttons that do something.
            applicant.is_owned = role == Role.OWNER
            applicant.may_be_written = role in (Role.OWNER, Role.EDITOR)
            return view(request, applicant, **kwargs)

        return opened

    return decorate


# Each decorates a view (request, applicant, …).
readable = _opened_for(Role.OWNER, Role.EDITOR, Role.READER)
writable = _opened_for(Role.OWNER, Role.EDITOR)
owned = _opened_for(Role.OWNER)
