"""Reads content files (TOML) into rows. What is already there stays as staff left it.

A row is a table whose keys are the model's fields; tables named by a language code are its
translations; foreign keys and lists of related rows are given by their slug or code.
"""

import tomllib

from django.core.exceptions import FieldDoesNotExist
from django.core.files import File
from django.db import models

from . import languages
from .richtext import RichTextField, clean


class ContentFileError(Exception):
    """A content file does not fit the models; the message names file, row and field."""


def read(path):
    with path.open("rb") as file:
        return tomllib.load(file)


def key_field(model):
    names = {field.name for field in model._meta.fields}
    return next(name for name in ("slug", "code", "key", "number") if name in names)


def related_row(model, value):
    return model.objects.get(**{key_field(model): value})


def load_row(model, row, *, find, folder=None, **extra):
    """Makes the row if `find` (a dict of lookups) finds none; adds languages that are missing.

    Returns (object, whether it is new). Keys that are no fields of the model are an error.
    """
    texts = {code: row[code] for code in languages.codes() if isinstance(row.get(code), dict)}
    values = {name: value for name, value in row.items() if name not in texts} | extra
    existing = model.objects.filter(**find).first()
    made = existing or _made(model, values, folder)
    known = set(made.get_available_languages()) if texts else set()
    for code, fields in texts.items():
        if code not in known:
            made.create_translation(code, **_as_the_editor_saves(made, fields))
    return made, existing is None


def _as_the_editor_saves(made, fields):
    """Formatted texts cleaned, so that saving one unchanged later is no change."""
    model = made._parler_meta.root_model
    return {
        name: clean(value) if isinstance(model._meta.get_field(name), RichTextField) else value
        for name, value in fields.items()
    }


def _made(model, values, folder):
    fields, many = {}, {}
    for name, value in values.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist as error:
            raise ContentFileError(
                f"{model.__name__} has no field “{name}” (row {values})"
            ) from error
        if field.many_to_many:
            many[name] = [related_row(field.related_model, key) for key in value]
        elif field.is_relation and not isinstance(value, models.Model):
            fields[name] = related_row(field.related_model, value)
        elif not isinstance(field, models.FileField):
            fields[name] = value
    made = model(**fields)
    for name, value in values.items():
        if value and isinstance(model._meta.get_field(name), models.FileField):
            path = folder / value
            with path.open("rb") as file:
                getattr(made, name).save(path.name, File(file), save=False)
    made.save()
    for name, rows in many.items():
        getattr(made, name).set(rows)
    return made
