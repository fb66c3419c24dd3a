"""What stands beside the form of a record in the back office without the record's app knowing it.

A room that builds on another one registers here what it has to say about the other's records: the
project of a case its case. Registered in a module `panels.py`, as the start page's panels are.
"""

_providers = {}


def register(label):
    """Decorates provider(request, obj) → HTML, empty where there is nothing to say; `label` is
    "app.model".
    """

    def decorate(provider):
        _providers.setdefault(label, []).append(provider)
        return provider

    return decorate


def parts(request, obj):
    found = [provider(request, obj) for provider in _providers.get(obj._meta.label_lower, ())]
    return [html for html in found if html]
