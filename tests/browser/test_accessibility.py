"""axe finds nothing: every kind of page, three languages, light and dark, narrow and wide."""

import pytest

from tests.pages import PUBLIC

from .axe import looked_at


@pytest.mark.axe
@pytest.mark.parametrize("language", ["de", "en", "ar"])
@pytest.mark.parametrize("name", PUBLIC)
def test_axe_finds_nothing_on(name, language, page):
    page.goto(f"/{language}/{PUBLIC[name]}")
    assert looked_at(page) == {}
