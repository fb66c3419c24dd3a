"""Who uses a record: every relation to it, whichever app has it.

What goes with the record itself (its texts, the rows of its form, its history) is no use of it.
What lies in the bin still uses what it used before, because it may come back.
"""

from django.db.models import CASCADE
from django.urls import reverse
from django.utils.translation import gettext as _

MOST_PLACES = 50


def relations_to(model):
    """The reverse relations by which other records use one of this model."""
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and not hasattr(relation.related_model, "history_id")
        and (relation.many_to_many or relation.on_delete is not CASCADE)
    ]


def used_keys(model, keys):
    """Those of the keys whose records are used, in one query a relation."""
    used = set()
    for relation in relations_to(model):
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": keys})
        used.update(rows.order_by().values_list(name, flat=True))
    return used & set(keys)


def places_of(record, admin_site):
    """[(address of the form, name)] of the records that use this one, at most MOST_PLACES."""
    places = {}
    for relation in relations_to(type(record)):
        rows = relation.related_model._base_manager.filter(**{relation.field.name: record})
        for user in _records(rows.order_by("pk"), relation, record, admin_site):
            opts = user._meta
            name = f"admin:{opts.app_label}_{opts.model_name}_change"
            is_binned = getattr(user, "is_binned", False)
            places[reverse(name, args=[user.pk])] = (
                _("%s (in the bin)") % user if is_binned else str(user)
            )
    return list(places.items())[:MOST_PLACES]


def _records(rows, relation, record, admin_site):
    """The rows that have a form of their own, or else the records they belong to."""
    if admin_site.is_registered(relation.related_model):
        return _with_texts(rows)
    for field in relation.related_model._meta.fields:
        if (
            field.many_to_one
            and field is not relation.field
            and admin_site.is_registered(field.related_model)
            and field.related_model is not type(record)
        ):
            key = f"{field.name}_id"
            owners = field.related_model._base_manager.filter(pk__in=rows.order_by().values(key))
            return _with_texts(owners.order_by("pk"))
    return []


def _with_texts(rows):
    if hasattr(rows.model, "_parler_meta"):
        keys = rows.order_by().values("pk")
        rows = rows.model.objects.with_names().filter(pk__in=keys).order_by("pk")
    return rows[:MOST_PLACES]
