"""Where a picture is used: every relation to it, whichever app has it."""

from django.urls import reverse

from .models import Picture


def places_of(picture, admin_site):
    """[(address of the form, name)] of the records that show the picture."""
    places = {}
    for relation in Picture._meta.get_fields(include_hidden=True):
        if not relation.one_to_many or hasattr(relation.related_model, "history_id"):
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: picture})
        for record in _records(rows, relation, admin_site):
            opts = record._meta
            name = f"admin:{opts.app_label}_{opts.model_name}_change"
            places[reverse(name, args=[record.pk])] = str(record)
    return list(places.items())


def _records(rows, relation, admin_site):
    """The rows that have a form of their own, or else the records they belong to."""
    if admin_site.is_registered(relation.related_model):
        return rows.prefetch_related("translations")
    for field in relation.related_model._meta.fields:
        if (
            field.many_to_one
            and field is not relation.field
            and admin_site.is_registered(field.related_model)
            and field.related_model is not Picture
        ):
            key = f"{field.name}_id"
            owners = field.related_model._base_manager.filter(pk__in=rows.order_by().values(key))
            return owners.prefetch_related("translations")
    return []
