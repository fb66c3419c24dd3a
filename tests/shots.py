"""`make shots`: pictures of every kind of page in shots/, for looking at.

Phone, desktop, dark, Arabic and print. With --readme the few of the README are renewed as well;
with --handbook only those of the German handbook, in docs/handbook/bilder/.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
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
HANDBOOK = {"language": "de", "width": 1000, "height": 700, "scheme": "light"}
MOST_BYTES = 60 * 1024


def main():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit(GET_CHROMIUM)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), os.environ.get("DATABASE_URL", "")).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                if "--handbook" in sys.argv:
                    Handbook(browser, server.url).take()
                    return
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


class Handbook:
    """Works through the tasks of the handbook as its readers would, and takes its pictures."""

    folder = ROOT / "docs" / "handbook" / "bilder"
    text = "/verwaltung/programs/page/"

    def __init__(self, browser, url):
        self.browser, self.url = browser, url

    def take(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.png"):
            old.unlink()
        visitor = open_page(self.browser, self.url, HANDBOOK)
        editor, coordinator, administrator = (
            self.stepped_in(role) for role in ("editor", "coordinator", "administrator")
        )
        self.signing_in(visitor, editor)
        self.texts(editor)
        self.conflict(editor, coordinator)
        self.publishing(editor, coordinator)
        self.administration(coordinator, administrator)
        print(f"{self.folder.relative_to(ROOT)}: {len(list(self.folder.iterdir()))} pictures")

    def stepped_in(self, role):
        page = open_page(self.browser, self.url, HANDBOOK)
        page.goto("/de/demo/")
        page.locator(f"form[action*='/{role}/'] button").click()
        page.wait_for_load_state("networkidle")
        return page

    def picture(self, page, name, *, of="", height=HANDBOOK["height"]):
        """Of the page from its beginning or from the first element that fits `of`."""
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement.blur()")
        top = 0
        if of:
            place = page.locator(of).first.bounding_box()
            top = max(0, place["y"] + page.evaluate("window.scrollY"))
        longest = page.evaluate("document.documentElement.scrollHeight")
        clip = {
            "x": 0,
            "y": top,
            "width": HANDBOOK["width"],
            "height": max(1, min(height, longest - top)),
        }
        data = page.screenshot(full_page=True, clip=clip, animations="disabled")
        small(data, self.folder / f"{name}.png")

    def signing_in(self, visitor, editor):
        load(visitor, "/de/konto/anmelden/")
        self.picture(visitor, "anmelden", of="main", height=620)
        load(editor, "/de/konto/sicherheit/")
        self.picture(editor, "zweiter-faktor", of="main", height=620)

    def open_text(self, page):
        page.goto(self.text)
        page.get_by_role("link", name="Mitmachen", exact=True).first.click()
        page.wait_for_load_state("networkidle")

    def texts(self, editor):
        self.open_text(editor)
        form = editor.url
        self.picture(editor, "text-aendern")
        lead = editor.locator("[name=lead]")
        lead.fill(f"{lead.input_value()} Rufen Sie uns an.")
        editor.locator("[name=_save]").first.click()
        load(editor, f"{form}?language=en")
        self.picture(editor, "uebersetzen", height=900)
        load(editor, f"{form.removesuffix('change/')}history/")
        self.picture(editor, "geschichte", height=520)
        editor.goto("/verwaltung/programs/picture/")
        editor.get_by_role("link", name="Sprachcafé").first.click()
        editor.wait_for_load_state("networkidle")
        self.picture(editor, "bilder", of=".focus-point", height=520)

    def conflict(self, editor, coordinator):
        self.open_text(editor)
        self.open_text(coordinator)
        for page, words in ((coordinator, "Fragen Sie uns."), (editor, "Wir freuen uns.")):
            lead = page.locator("[name=lead]")
            lead.fill(lead.input_value().replace("Rufen Sie uns an.", words))
            page.locator("[name=_save]").first.click()
            page.wait_for_load_state("networkidle")
        self.picture(editor, "konflikt", height=640)

    def publishing(self, editor, coordinator):
        projects = "/verwaltung/projects/project/"
        load(editor, f"{projects}add/")
        editor.locator("[name=title]").fill("Sommerfest am Main")
        editor.locator("[name=summary]").fill("Ein Fest für alle, die im Nordend wohnen.")
        editor.locator("[name=number]").fill("WIR-2027-99")
        editor.locator("[name=organisation]").select_option(index=1)
        editor.locator("[name=_continue]").first.click()
        editor.wait_for_load_state("networkidle")
        form = editor.url
        self.picture(editor, "veroeffentlichen", height=560)
        load(editor, f"{projects}?o=-1")
        for row in editor.locator("[name=_selected_action]").all()[:4]:
            row.check()
        editor.locator("select[name=action]").select_option("publish")
        editor.locator("button[name=index]").first.click()
        self.picture(editor, "mehrere-auf-einmal", height=600)
        load(coordinator, "/verwaltung/")
        self.picture(coordinator, "startseite")
        load(editor, form)
        editor.locator("a.deletelink").first.click()
        editor.wait_for_load_state("networkidle")
        editor.locator("#content input[type=submit]").click()
        load(editor, form)
        self.picture(editor, "papierkorb", height=480)

    def administration(self, coordinator, administrator):
        text = "/verwaltung/offenbach_wir/mailtext/add/?template=barrier_report&language=de"
        load(coordinator, text)
        self.picture(coordinator, "mailtexte", height=900)
        load(administrator, "/verwaltung/offenbach_wir/invitation/add/")
        administrator.locator("[name=email]").fill("ada.beispiel@example.org")
        administrator.locator("[name=name]").fill("Ada Beispiel")
        administrator.locator("[name=roles]").first.check()
        self.picture(administrator, "kolleginnen-einladen", height=640)
        load(administrator, "/verwaltung/aufbewahrung/")
        self.picture(administrator, "aufbewahrung", height=620)


def small(data, path):
    """Saves a picture with as few colours as keep it below MOST_BYTES."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    for colours in (64, 32, 16):
        picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            return
    sys.exit(f"{path.name} stays too large; please show less of the page.")


if __name__ == "__main__":
    main()
