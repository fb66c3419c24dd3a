"""`make shots`: pictures of every kind of page in shots/, for looking at.

Phone, desktop, dark, Arabic and print. With --readme the few of the README are renewed as well.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import FLAGS, Server
from tests.pages import PUBLIC
from tests.run import GET_CHROMIUM

VIEWS = {
    "phone": {"language": "de", "width": 360, "height": 740, "scheme": "light"},
    "desktop": {"language": "de", "width": 1280, "height": 900, "scheme": "light"},
    "dark": {"language": "de", "width": 1280, "height": 900, "scheme": "dark"},
    "arabic": {"language": "ar", "width": 360, "height": 740, "scheme": "light"},
    "print": {"language": "de", "width": 794, "height": 1123, "scheme": "light"},
}
README = {
    "home-phone": ("home", "phone"),
    "list-desktop": ("projects", "desktop"),
    "project-dark": ("project", "dark"),
    "home-arabic": ("home", "arabic"),
}


def main():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit(GET_CHROMIUM)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), os.environ.get("DATABASE_URL", "")).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                take_all(browser, server.url)
                if "--readme" in sys.argv:
                    take_readme(browser, server.url)
        finally:
            server.stop()


def open_page(browser, url, view):
    context = browser.new_context(
        base_url=url,
        viewport={"width": view["width"], "height": view["height"]},
        color_scheme=view["scheme"],
        locale="de-DE",
    )
    return context.new_page()


def load(page, address):
    """Also what is loaded lazily, because a picture of the whole page shows it."""
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    page.wait_for_load_state("networkidle")


def take_all(browser, url):
    for name, view in VIEWS.items():
        folder = ROOT / "shots" / name
        folder.mkdir(parents=True, exist_ok=True)
        page = open_page(browser, url, view)
        if name == "print":
            page.emulate_media(media="print")
        for kind, path in PUBLIC.items():
            load(page, f"/{view['language']}/{path}")
            page.screenshot(path=folder / f"{kind}.png", full_page=True)
        page.context.close()
        print(f"shots/{name}: {len(PUBLIC)} pictures")
    take_back_office(browser, url)


def take_back_office(browser, url):
    folder = ROOT / "shots" / "back-office"
    folder.mkdir(parents=True, exist_ok=True)
    page = open_page(browser, url, VIEWS["desktop"])
    page.goto("/de/demo/")
    page.locator("main form button").last.click()
    for kind, path in {
        "start": "",
        "projects": "projects/project/",
        "pictures": "programs/picture/",
        "terms": "programs/fundingterms/",
    }.items():
        load(page, f"/verwaltung/{path}")
        page.screenshot(path=folder / f"{kind}.png", full_page=True)
    page.goto("/verwaltung/projects/project/")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "project.png", full_page=True)
    page.context.close()
    print("shots/back-office")


def take_readme(browser, url):
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (kind, view_name) in README.items():
        view = VIEWS[view_name]
        page = open_page(browser, url, view)
        load(page, f"/{view['language']}/{PUBLIC[kind]}")
        page.screenshot(path=folder / f"{name}.png")
        page.context.close()
    print("docs/pictures")


if __name__ == "__main__":
    main()
