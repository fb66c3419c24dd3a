"""Deleting rows for good: with their earlier versions, and with their files once it is certain."""

import functools
import logging

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

logger = logging.getLogger(__name__)


def history_models():
    """{model: the model that keeps its earlier versions}"""
    return {
        model.instance_type: model for model in apps.get_models() if hasattr(model, "instance_type")
    }


def fields_naming_users(model):
    return {
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model._meta.label == settings.AUTH_USER_MODEL
    }


def delete_rows(model, keys):
    """Deletes rows for good, with earlier versions and files: (deleted, held back by others).

    Call it in a transaction; files go when it is through.
    """
    try:
        with transaction.atomic():
            return _delete(model, keys), 0
    except (models.ProtectedError, models.RestrictedError):
        done = stuck = 0
        for key in keys:
            try:
                with transaction.atomic():
                    done += _delete(model, [key])
            except (models.ProtectedError, models.RestrictedError):
                stuck += 1
        return done, stuck


def _delete(model, keys):
    rows = model._base_manager.filter(pk__in=keys)
    files = [found for row in rows for found in _files_of(row)]
    if model._meta.label == settings.AUTH_USER_MODEL:
        forget_users_in_versions(keys)
    deleted = rows.delete()[1].get(model._meta.label, 0)
    for tracked, history in history_models().items():
        if tracked is model:
            history._base_manager.filter(**{f"{model._meta.pk.name}__in": keys}).delete()
        elif _master_of(tracked) is model:
            history._base_manager.filter(master_id__in=keys).delete()
    for storage, name in files:
        transaction.on_commit(functools.partial(_delete_file, storage, name))
    return deleted


def _delete_file(storage, name):
    """The rows are gone for good by now, so one file in trouble does not spare the others."""
    try:
        storage.delete(name)
    except OSError as error:
        # Not as a path: in paths the log hides long names, which could be secrets.
        folder, _slash, file = name.rpartition("/")
        kind = type(error).__name__
        logger.error("File %s in %s was not deleted (%s): please do it.", file, folder, kind)


def _master_of(model):
    """The model that this one holds the texts of."""
    names = {field.name for field in model._meta.concrete_fields}
    return model._meta.get_field("master").related_model if "master" in names else None


def _files_of(row):
    for field in row._meta.concrete_fields:
        if isinstance(field, models.FileField) and (file := getattr(row, field.name)):
            yield file.storage, file.name
            for sizes in (getattr(row, "sizes", None) or {}).values():
                yield from ((file.storage, name) for name in sizes.values())


def forget_users_in_versions(user_ids):
    """Earlier versions carry no constraint to accounts; who is gone is taken out of them here."""
    for history in history_models().values():
        for name in fields_naming_users(history):
            history._base_manager.filter(**{f"{name}__in": user_ids}).update(**{name: None})
