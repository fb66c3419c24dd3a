"""Records by the words of their lists: "programs.page", 8 → "Page 8"."""

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _


def kind_of(label):
    """What a record of that model is called; the label itself where the model is gone."""
    try:
        return str(capfirst(apps.get_model(label)._meta.verbose_name))
    except (LookupError, ValueError):
        return label


def list_of(label):
    """What many records of that model are called."""
    try:
        return str(capfirst(apps.get_model(label)._meta.verbose_name_plural))
    except (LookupError, ValueError):
        return label


def name_of(label, number):
    if not label:
        return ""
    return _("%(kind)s, number %(n)s") % {"kind": kind_of(label), "n": number}


def labels_named(word):
    """The labels whose records are called so, in the reader's language: "page", "pages"."""
    word = word.casefold()
    return {
        model._meta.label_lower
        for model in apps.get_models()
        if word
        in (
            model._meta.label_lower,
            str(model._meta.verbose_name).casefold(),
            str(model._meta.verbose_name_plural).casefold(),
        )
    }
