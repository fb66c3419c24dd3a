"""Pages of the back office that are no records: open to colleagues who have a permission."""

import functools

from django.contrib import admin
from django.core.exceptions import PermissionDenied


def page_for(permission):
    """Decorates a view (request, …) that needs that permission; without it 403."""

    def decorate(view):
        @functools.wraps(view)
        def allowed(request, *args, **kwargs):
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return admin.site.admin_view(allowed)

    return decorate
