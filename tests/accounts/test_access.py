"""The table of rights against every address of the portal, asked as everybody."""

import pytest

from offenbach_wir import access
from offenbach_wir.models import Invitation
from programs.models import Page

from .addresses import (
    ABOUT_A_THING,
    AREAS,
    METHODS,
    NAMES,
    NARROWED,
    NOT_FOR_EACH,
    PERSONAS,
    gets_nothing,
    is_allowed,
    is_refused,
    path_for,
    rules,
)


def is_in_the_table(name):
    try:
        return bool(access.rule_for(name).methods)
    except KeyError:
        return False


def test_every_address_is_in_the_table():
    assert [name for name in NAMES if not is_in_the_table(name)] == []


def test_every_address_is_asked_in_some_area():
    assert sorted(name for names in AREAS.values() for name in names) == NAMES


@pytest.mark.parametrize("area", AREAS)
def test_addresses_are_closed_to_all_whom_the_table_does_not_name(area, ask, row_of):
    wrong = []
    for name, rule in rules(area):
        path = path_for(name, rule, row_of)
        for persona in PERSONAS:
            if is_allowed(persona, name, rule):
                continue
            for method in rule.methods:
                response = ask(persona, method, path)
                if not gets_nothing(response):
                    wrong.append((name, persona, method, path, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_addresses_are_open_to_all_whom_the_table_names(area, ask, row_of):
    wrong = []
    for name, rule in rules(area):
        if "GET" not in rule.methods or name in NARROWED:
            continue
        path = path_for(name, rule, row_of)
        open_to = [persona for persona in PERSONAS if is_allowed(persona, name, rule)]
        answers = {persona: ask(persona, "GET", path) for persona in open_to}
        is_missing = {response.status_code for response in answers.values()} == {404}
        if is_missing and (name in ABOUT_A_THING or name.endswith(NOT_FOR_EACH)):
            continue
        wrong += [
            (name, persona, "GET", path, response.status_code)
            for persona, response in answers.items()
            if is_refused(response)
        ]
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_addresses_take_no_method_that_the_table_does_not_name(area, client, row_of):
    wrong = []
    for name, rule in rules(area):
        path = path_for(name, rule, row_of)
        for method in METHODS - set(rule.methods):
            response = client.generic(method, path)
            if response.status_code != 405:
                wrong.append((name, "stranger", method, path, response.status_code))
    assert wrong == []


def test_address_that_is_in_no_table_is_closed(client, db, monkeypatch):
    monkeypatch.delitem(access.ADDRESSES, "home")
    assert client.get("/de/").status_code == 404


def test_open_page_of_an_invitation_shows_nothing_without_the_link(client, db):
    Invitation.objects.all().delete()
    assert client.get("/de/konto/einladung/").status_code == 404


def test_draft_is_not_found_by_the_public(client, db):
    page = Page.objects.get(key="impressum")
    page.state = Page.State.DRAFT
    page.save()
    assert client.get("/de/impressum/").status_code == 404
