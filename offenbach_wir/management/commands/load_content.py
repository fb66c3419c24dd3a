"""The programme's own facts, from the content files; for production too. Repeatable."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from consultations.models import AdviceRules, Concern, Coordinator, HelpPlace
from offenbach_wir.content_files import load_row, read
from offenbach_wir.page_cache import forget_pages
from offenbach_wir.roles import make_groups
from programs.models import (
    ApplicantKind,
    Document,
    EnclosureKind,
    FocusArea,
    FundingLine,
    FundingRate,
    FundingTerms,
    Measure,
    MeasureKind,
    Notice,
    Office,
    OldAddress,
    Page,
    Partner,
    Program,
    ProgramPeriod,
)
from projects.models import District, SpokenLanguage, TargetGroup
from projects.proposals.models import ChecklistItem, Criterion, LetterTemplate

PROGRAMS = settings.BASE_DIR / "programs" / "content"
PROJECTS = settings.BASE_DIR / "projects" / "content"
PROPOSALS = settings.BASE_DIR / "projects" / "proposals" / "content"
ADVICE = settings.BASE_DIR / "consultations" / "content"


class Command(BaseCommand):
    help = "Loads the programme's content and makes the roles; keeps what staff has changed."

    @transaction.atomic
    def handle(self, *args, **options):
        self.new = 0
        make_groups()
        self.lists()
        self.program()
        self.funding()
        self.pages()
        self.advice()
        self.letters()
        self.case_rules()
        for model in (FocusArea, FundingLine, Page, Document):
            for row in model.objects.with_texts():
                row.refresh_index()
        transaction.on_commit(forget_pages)
        self.stdout.write(f"Content: {self.new} rows new, the others kept.")

    def row(self, model, row, *, by, folder=None, **extra):
        find = {name: (extra | row).get(name) for name in by}
        made, is_new = load_row(model, row, find=find, folder=folder, **extra)
        self.new += is_new
        return made

    def lists(self):
        data = read(PROJECTS / "lists.toml")
        for row in data["district"]:
            self.row(District, row, by=["slug"])
        for row in data["target_group"]:
            self.row(TargetGroup, row, by=["slug"])
        for row in data["spoken_language"]:
            self.row(SpokenLanguage, row, by=["code"])

    def program(self):
        data = read(PROGRAMS / "program.toml")
        for row in data["program"]:
            self.row(Program, row, by=["slug"])
        programs = {program.slug: program for program in Program.objects.all()}
        for row in data["period"]:
            program = programs[row.pop("program")]
            self.row(ProgramPeriod, row, by=["program", "starts_on"], program=program)
        for row in data["focus_area"]:
            self.row(FocusArea, row, by=["slug"])
        areas = {area.slug: area for area in FocusArea.objects.all()}
        for row in data["measure"]:
            area = areas[row.pop("focus_area")]
            self.row(Measure, row, by=["focus_area", "position"], focus_area=area)
        for row in data["partner"]:
            self.row(Partner, row, by=["slug"])

    def funding(self):
        data = read(PROGRAMS / "funding.toml")
        for row in data["applicant_kind"]:
            self.row(ApplicantKind, row, by=["slug"])
        for row in data["measure_kind"]:
            self.row(MeasureKind, row, by=["slug"])
        for row in data["enclosure_kind"]:
            self.row(EnclosureKind, row, by=["slug"])
        for row in data["line"]:
            all_terms = row.pop("terms", [])
            line = self.row(FundingLine, row, by=["slug"])
            for terms_row in all_terms:
                rates = terms_row.pop("rate", [])
                terms = self.row(FundingTerms, terms_row, by=["line", "valid_from"], line=line)
                for position, rate in enumerate(rates):
                    rate.setdefault("position", position)
                    self.row(FundingRate, rate, by=["terms", "position"], terms=terms)

    def pages(self):
        for row in read(PROGRAMS / "pages.toml")["page"]:
            self.row(Page, row, by=["key"])
        data = read(PROGRAMS / "office.toml")
        self.row(Office, {"id": 1} | data["office"], by=["id"])
        if not Notice.objects.exists():
            for row in data.get("notice", []):
                self.row(Notice, row, by=["id"])
        for row in data.get("old_address", []):
            self.row(OldAddress, row, by=["path"])
        folder = PROGRAMS / "documents"
        for row in read(PROGRAMS / "documents.toml")["document"]:
            self.row(Document, row, by=["slug"], folder=folder)

    def advice(self):
        data = read(ADVICE / "advice.toml")
        for row in data["coordinator"]:
            self.row(Coordinator, row, by=["name"])
        for row in data["help_place"]:
            self.row(HelpPlace, row, by=["phone"])
        for row in data["concern"]:
            self.row(Concern, row, by=["slug"])
        AdviceRules.objects.get_or_create(pk=1)

    def letters(self):
        for row in read(PROPOSALS / "letters.toml")["letter"]:
            self.row(LetterTemplate, row | {"body": row["body"].strip()}, by=["key"])

    def case_rules(self):
        """They have no key of their own, so they are loaded only while there are none."""
        data = read(PROPOSALS / "case_rules.toml")
        for model, name in ((ChecklistItem, "checklist_item"), (Criterion, "criterion")):
            if not model.objects.exists():
                for row in data[name]:
                    self.row(model, row, by=["position"])
