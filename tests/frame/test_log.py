"""The log tells what happened and gives nobody a key."""

import io
import logging

import pytest

from offenbach_wir.log_filter import NoSecrets, without_secrets


@pytest.mark.django_db
@pytest.mark.parametrize("area", ["termin", "warteliste"])
def test_the_secret_of_a_link_does_not_get_into_the_log(client, area):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(NoSecrets())
    logging.getLogger("django.request").addHandler(handler)
    try:
        client.get(f"/de/beratung/{area}/{'a1' * 20}.{'b2' * 20}/")
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert f"/de/beratung/{area}/…/" in out.getvalue()
    assert "a1a1" not in out.getvalue()


def test_names_of_pages_stay_readable():
    path = "Not Found: /de/projekte/sprachcafe-zeit-fuer-deutsch/"
    assert without_secrets(path) == path
