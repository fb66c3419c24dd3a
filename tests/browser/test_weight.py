"""A first visit is light: few requests, little data, nothing from elsewhere, no cookie."""

import pytest

from tests.pages import PUBLIC

MOST_BYTES = 60_000
MOST_REQUESTS = 6
WITH_FORM = ("write_to", "barrier_report", "advice_times", "demo", "mails")
OPEN = [name for name in PUBLIC if name not in WITH_FORM]


@pytest.mark.parametrize("name", OPEN)
def test_first_visit_is_light_and_sets_no_cookie(name, context, page):
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    pictures, bytes_of = set(), {}
    client.on(
        "Network.responseReceived",
        lambda event: (
            pictures.add(event["requestId"])
            if event["response"]["mimeType"].startswith("image/")
            else None
        ),
    )
    client.on(
        "Network.loadingFinished",
        lambda event: bytes_of.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(f"/de/{PUBLIC[name]}", wait_until="networkidle")
    loaded = {key: size for key, size in bytes_of.items() if key not in pictures}
    assert len(loaded) <= MOST_REQUESTS
    assert sum(loaded.values()) <= MOST_BYTES
    assert context.cookies() == []
