"""`make shots`: pictures of every kind of page in shots/, for looking at.

Phone, desktop, dark, Arabic and print. With --readme the few of the README are renewed as well;
with --handbook only those of the German handbook, in docs/handbook/bilder/.
"""

import datetime
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import FLAGS
from tests.pages import PUBLIC
from tests.run import GET_CHROMIUM
from tests.server import Server

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
# Proposals of the demo's club: one whose plan asks for too much, one that was handed in.
UNFINISHED, HANDED_IN = "Ein Fest, viele Küchen", "Hausaufgaben mit Rückenwind"
IN_TWO_LANGUAGES = "مقهى الحكايات"
COLLECT_LINKS = (
    "from offenbach_wir import link_check as c; [c.collect(model) for model in c.sources()]"
)
# Cases of the demo in the handbook: picture → (role, title of the case, links to press on its page,
# where the picture begins, its height). What a club sees begins at its own list.
CASES = {
    "vorgang": ("coordinator", "Briefe verstehen", (), "main", 760),
    "formale-pruefung": (
        "coordinator",
        "Briefe verstehen",
        ("Prüfpunkte beantworten",),
        "main",
        760,
    ),
    "bewertung": ("coordinator", "Erstes Training", (), "section:has(#scores)", 620),
    "entscheidung-bestaetigen": (
        "approver",
        "ورشة الخياطة المفتوحة",
        ("Bewilligung bestätigen",),
        "main",
        760,
    ),
    "zuwendung": ("club-owner", "Bewegt durchs Viertel", ("Ihre Zuwendung",), "main h1", 900),
    "verwendungsnachweis": (
        "club-owner",
        "Mahallenin sesi: küçük radyo",
        ("Ihre Zuwendung", "Verwendungsnachweis"),
        ".plan-result",
        620,
    ),
}
MOST_BYTES = 60 * 1024


def main():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit(GET_CHROMIUM)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), os.environ.get("DATABASE_URL", "")).set_up().start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=[*FLAGS, "--lang=de-DE"]
                )
                if "--handbook" in sys.argv:
                    server.run(COLLECT_LINKS)
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
    for name in ("phone", "desktop", "dark"):
        take_club(browser, url, name)


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


def take_club(browser, url, name):
    """What somebody of a club sees while writing; VIEWS[name] says how."""
    folder = ROOT / "shots" / f"club-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    page = open_page(browser, url, VIEWS[name])
    step_in(page, "club-owner")
    draft, receipt = (address_of(page, title) for title in (UNFINISHED, HANDED_IN))
    organisation = page.locator("#organisations ~ ul a").first.get_attribute("href")
    for kind, path in {
        "own": "/de/antraege/meine/",
        "new": "/de/antraege/neu/",
        "register": "/de/antraege/organisation/neu/",
        "organisation": organisation,
        "members": f"{organisation}mitglieder/",
        "papers": f"{organisation}unterlagen/",
        "draft": draft,
        "section": f"{draft}idee/",
        "plan": f"{draft}kosten/",
        "enclosures": f"{draft}anlagen/",
        "check": f"{draft}pruefen/",
        "handed-in": receipt,
        "receipt": f"{receipt}quittung/",
    }.items():
        load(page, path)
        page.screenshot(path=folder / f"{kind}.png", full_page=True)
    page.context.close()
    print(f"shots/club-{name}")


def step_in(page, role):
    page.goto("/de/demo/")
    page.locator(f"form[action*='/{role}/'] button").click()
    page.wait_for_load_state("networkidle")


def address_of(page, title):
    """Of a proposal of the demo's club; its key is another one in each database."""
    page.goto("/de/antraege/meine/")
    return page.get_by_role("link", name=title, exact=True).get_attribute("href")


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
        self.records(visitor, editor, coordinator)
        self.advice(visitor, coordinator)
        owner, member = (self.stepped_in(role) for role in ("club-owner", "club-reader"))
        self.writing(owner, member)
        self.reading(coordinator)
        self.cases(coordinator, self.stepped_in("approver"), owner)
        self.administration(coordinator, administrator)
        print(f"{self.folder.relative_to(ROOT)}: {len(list(self.folder.iterdir()))} pictures")

    def stepped_in(self, role):
        page = open_page(self.browser, self.url, HANDBOOK)
        step_in(page, role)
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

    def records(self, visitor, editor, coordinator):
        """Forms and lists that are explained on a page of their own."""
        for name, place in {
            "mein-konto": "/de/konto/",
            "hinweis": "/verwaltung/programs/notice/add/",
            "dokumente": "/verwaltung/programs/document/1/change/",
            "projekte": "/verwaltung/projects/project/add/",
            "organisationen": "/verwaltung/projects/organisation/1/change/",
            "suchen": "/verwaltung/suche/?q=Garten",
            "links": "/verwaltung/offenbach_wir/foundlink/?state=all",
        }.items():
            load(editor, place)
            self.picture(editor, name, of="main", height=620)
        load(coordinator, "/verwaltung/programs/fundingterms/1/change/")
        self.picture(coordinator, "foerderbedingungen", of="main")
        load(coordinator, "/verwaltung/consultations/coordinator/1/change/")
        self.picture(coordinator, "beratende", of="main")
        load(visitor, "/de/barriere-melden/")
        words = "„Weiter“ ist mit der Tastatur nicht zu erreichen."
        visitor.locator("textarea[name=description]").fill(words)
        visitor.locator(".form button[type=submit]").click()
        load(editor, "/verwaltung/offenbach_wir/barrierreport/")
        editor.locator("#result_list tbody th a").first.click()
        self.picture(editor, "barriere-meldung", of="main")

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

    def advice(self, visitor, coordinator):
        """A resident books by phone; the coordinator finds the talk, and changes the hours."""
        wish = "concern=erstberatung&language=de&interpreter=no&channel=on_site"
        load(visitor, f"/de/beratung/termine/?{wish}")
        visitor.locator(".times button").first.click()
        visitor.locator("[name=name]").fill("Grace Beispiel")
        visitor.locator("[name=phone]").fill("069 90009-111")
        visitor.locator("[value=step_free]").check()
        visitor.locator(".form button[type=submit]").click()
        visitor.locator("button[name=book]").click()
        visitor.wait_for_load_state("networkidle")
        load(coordinator, "/verwaltung/beratung/")
        self.picture(coordinator, "terminkalender", height=760)
        load(coordinator, f"/verwaltung/beratung/woche/?day={self.in_days(4)[:10]}")
        self.picture(coordinator, "terminwoche", height=900)
        load(coordinator, "/verwaltung/consultations/openinghours/")
        self.picture(coordinator, "beratungszeiten", height=620)
        load(coordinator, "/verwaltung/beratung/liste/?show=open")
        coordinator.locator("tbody th a").first.click()
        self.picture(coordinator, "gespraech", height=900)
        load(
            coordinator,
            "/verwaltung/beratung/neu/?concern=erstberatung&language=de&channel=phone",
        )
        self.picture(coordinator, "fuer-anrufende", height=900)
        coordinator.goto("/verwaltung/consultations/absence/add/")
        coordinator.locator("[name=starts_at]").fill(self.in_days(0))
        coordinator.locator("[name=ends_at]").fill(self.in_days(21))
        coordinator.locator("[name=_save]").first.click()
        self.picture(coordinator, "betroffene-gespraeche", height=620)

    def writing(self, owner, member):
        """A club writes with two people, looks at its plan, and has handed in another proposal."""
        draft, handed_in = address_of(owner, UNFINISHED), address_of(owner, HANDED_IN)
        load(owner, "/de/antraege/organisation/neu/")
        self.picture(owner, "organisation-registrieren", of="main", height=640)
        organisation = self.members(owner)
        load(owner, draft)
        self.picture(owner, "skizze-ueberblick", of="main h1", height=760)
        load(owner, f"{draft}kosten/")
        self.picture(owner, "skizze-kosten", of=".plan-result", height=640)
        load(owner, f"{draft}anlagen/")
        self.picture(owner, "skizze-anlagen", of="main h1", height=760)
        load(owner, f"{draft}pruefen/")
        self.picture(owner, "skizze-pruefen", of="main h1", height=520)
        load(owner, f"{handed_in}quittung/")
        self.picture(owner, "skizze-eingereicht", of="main h1", height=560)
        self.two_at_once(owner, member, f"{draft}idee/", organisation)
        self.share(owner, draft)

    def members(self, owner):
        owner.goto("/de/antraege/meine/")
        organisation = owner.locator("#organisations ~ ul a").first.get_attribute("href")
        load(owner, f"{organisation}mitglieder/")
        self.picture(owner, "skizze-mitglieder", of="main h1", height=700)
        return organisation

    def two_at_once(self, owner, member, section, organisation):
        """The reader may write from now on, and both change the same answer."""
        load(owner, f"{organisation}mitglieder/")
        entry = owner.locator("main li", has_text="sabine.vogt@example.org")
        entry.locator("select").select_option("editor")
        entry.get_by_role("button", name="Speichern").click()
        for page in (owner, member):
            load(page, section)
        self.picture(owner, "skizze-teil", of="main h1", height=560)
        for page, words in ((member, "Alle sind eingeladen."), (owner, "Danach tanzen wir.")):
            summary = page.locator("[name=summary]")
            summary.fill(f"{summary.input_value()} {words}")
            page.locator("[name=stay]").click()
            page.wait_for_load_state("networkidle")
        self.picture(owner, "skizze-konflikt", of="main h1", height=760)

    def share(self, owner, draft):
        load(owner, draft)
        owner.locator("form[action$='/beratung/'] button").click()
        wish = "concern=projekt-und-foerderung&language=de&interpreter=no&channel=phone"
        load(owner, f"/de/beratung/termine/?{wish}")
        owner.locator(".times button").first.click()
        owner.locator("[name=name]").fill("Elif Demirtaş")
        owner.locator("[name=phone]").fill("069 90009-201")
        owner.locator(".form button[type=submit]").click()
        owner.wait_for_load_state("networkidle")
        self.picture(owner, "skizze-freigeben", of="main form:has(#share)", height=260)
        owner.locator("button[name=book]").click()
        owner.wait_for_load_state("networkidle")

    def reading(self, coordinator):
        """What the city reads of proposals, and what it sets for them."""
        load(coordinator, "/verwaltung/antraege/")
        self.picture(coordinator, "skizzen-liste", of="main", height=760)
        self.open_case(coordinator, IN_TWO_LANGUAGES)
        self.picture(coordinator, "skizze-lesen", of=".part:has(.case-answers)", height=560)
        self.open_case(coordinator, HANDED_IN)
        self.picture(coordinator, "skizze-antworten", of="section:has(#letters)", height=560)
        load(coordinator, "/verwaltung/proposals/applicant/")
        coordinator.get_by_role("link", name="Jasminhof").first.click()
        self.picture(coordinator, "organisation-verbinden", of="main", height=640)
        coordinator.goto("/verwaltung/programs/fundingterms/")
        coordinator.get_by_role("link", name="Nachbarschaftstopf").click()
        financing = "fieldset:has([name=financing_type])"
        self.picture(coordinator, "foerderbedingungen-skizze", of=financing, height=900)

    def cases(self, coordinator, approver, owner):
        """From the queue to the proof of use; then money and figures of all cases."""
        pages = {"coordinator": coordinator, "approver": approver, "club-owner": owner}
        self.declare(approver, CASES["entscheidung-bestaetigen"][1])
        for name, (role, title, links, of, height) in CASES.items():
            page = pages[role]
            self.open_case(page, title, is_club=page is owner)
            for words in links:
                page.get_by_role("link", name=words, exact=True).first.click()
                page.wait_for_load_state("networkidle")
            self.picture(page, name, of=of, height=height)
        for name, place in {"fonds": "toepfe/", "vorgangszahlen": "zahlen/"}.items():
            load(coordinator, f"/verwaltung/antraege/{place}")
            self.picture(coordinator, name, of="main", height=760)

    def open_case(self, page, title, *, is_club=False):
        query = urlencode({"show": "all", "q": title})
        load(page, "/de/antraege/meine/" if is_club else f"/verwaltung/antraege/?{query}")
        page.locator("main").get_by_role("link", name=title).first.click()
        page.wait_for_load_state("networkidle")

    def declare(self, page, title):
        """That there is no conflict of interest: nobody may confirm before."""
        self.open_case(page, title)
        page.locator("section:has(#scores) a").first.click()
        page.locator("[name=answer][value=free]").check()
        page.get_by_role("button", name="Erklärung abgeben").click()
        page.wait_for_load_state("networkidle")

    def in_days(self, days):
        moment = datetime.datetime.now() + datetime.timedelta(days=days)  # noqa: DTZ005
        return moment.strftime("%Y-%m-%dT%H:%M")

    def administration(self, coordinator, administrator):
        text = "/verwaltung/offenbach_wir/mailtext/add/?template=barrier_report&language=de"
        load(coordinator, text)
        self.picture(coordinator, "mailtexte", height=900)
        load(administrator, "/verwaltung/offenbach_wir/invitation/add/")
        administrator.locator("[name=email]").fill("ada.beispiel@example.org")
        administrator.locator("[name=name]").fill("Ada Beispiel")
        administrator.locator("[name=roles]").first.check()
        self.picture(administrator, "kolleginnen-einladen", height=640)
        for name, place in {
            "postausgang": "offenbach_wir/queuedmail/",
            "protokoll": "offenbach_wir/event/",
            "geplante-aufgaben": "offenbach_wir/jobrun/",
        }.items():
            load(administrator, f"/verwaltung/{place}")
            self.picture(administrator, name, of="main", height=560)
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
