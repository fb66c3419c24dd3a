"""Whoever reads the database alone cannot make anybody's codes."""

import pytest
from allauth.mfa.models import Authenticator

from offenbach_wir import sealed_seeds

from .conftest import SECRET, app_code, sign_in

FACTOR = "/de/konto/anmelden/zweiter-faktor/"
BACK_OFFICE = "/verwaltung/"


def opens_back_office(client, clerk):
    sign_in(client, clerk.email)
    assert client.post(FACTOR, {"code": app_code()}).status_code < 500
    return client.get(BACK_OFFICE).status_code == 200


@pytest.fixture
def factor(clerk):
    """The app for codes of a colleague."""
    return Authenticator.objects.get(user=clerk, type=Authenticator.Type.TOTP)


def test_secret_of_the_app_does_not_stand_in_the_database(factor):
    assert SECRET not in str(factor.data)


def test_seed_of_the_emergency_codes_does_not_stand_in_the_database(clerk):
    codes = Authenticator.objects.get(user=clerk, type=Authenticator.Type.RECOVERY_CODES)
    assert codes.data["seed"].startswith(sealed_seeds.MARK)


def test_former_key_still_opens_it(client, clerk, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, long enough for anybody's taste"
    assert opens_back_office(client, clerk)


def test_former_key_can_go_after_the_nightly_work(client, clerk, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, long enough for anybody's taste"
    assert sealed_seeds.seal_with_newest_key() == 2
    settings.SECRET_KEY_FALLBACKS = []
    assert opens_back_office(client, clerk)


def test_nightly_work_leaves_alone_what_is_sealed_already(factor):
    before = factor.data
    assert sealed_seeds.seal_with_newest_key() == 0
    factor.refresh_from_db()
    assert factor.data == before


def test_secret_that_lay_open_is_sealed(client, clerk, factor):
    factor.data = {"secret": SECRET}
    factor.save()
    assert sealed_seeds.seal_with_newest_key() == 1
    factor.refresh_from_db()
    assert SECRET not in str(factor.data)
    assert opens_back_office(client, clerk)


def test_without_the_key_no_code_is_right(client, clerk, settings):
    settings.SECRET_KEY = "a key that has sealed nothing, and there is no other"
    assert not opens_back_office(client, clerk)
