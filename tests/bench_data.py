"""Many believable projects for the bench, made from the words of the examples; seeded."""

import datetime
import random
from decimal import Decimal

from django.db import connection

from offenbach_wir.search import index_text, remember_words, sort_key
from programs.models import FocusArea, FundingLine
from projects.models import District, Organisation, Project, SpokenLanguage, TargetGroup
from projects.models.project import ProjectTranslation, keys

BATCH = 2000


def fill(total):
    """Brings the number of projects to `total`; rows that are there stay."""
    source = random.Random(2014)
    texts = list(ProjectTranslation.objects.filter(language_code="de"))
    sentences = [s.strip() for t in texts for s in f"{t.summary} {t.body}".split(".") if s.strip()]
    titles = [word for t in texts for word in t.title.replace(":", "").split()]
    rows = {
        model: list(model.objects.all())
        for model in (Organisation, District, FundingLine, FocusArea, TargetGroup, SpokenLanguage)
    }
    for start in range(Project.objects.count(), total, BATCH):
        _batch(source, sentences, titles, rows, range(start, min(start + BATCH, total)))


def tidy():
    """Lets the database see what it holds, as it does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _batch(source, sentences, titles, rows, numbers):
    projects, texts, links = [], [], []
    for n in numbers:
        title = f"{' '.join(source.sample(titles, 4))} {n}"
        summary = ". ".join(source.sample(sentences, 2)) + "."
        body = f"<p>{'. '.join(source.sample(sentences, 8))}.</p>"
        starts_on = datetime.date(2014, 1, 1) + datetime.timedelta(days=source.randrange(4900))
        lists = {
            "focus_areas": source.sample(rows[FocusArea], source.randint(1, 2)),
            "target_groups": source.sample(rows[TargetGroup], source.randint(1, 3)),
            "languages": source.sample(rows[SpokenLanguage], source.randint(1, 4)),
        }
        third = Decimal(source.randrange(1, 9000))
        projects.append(
            Project(
                number=f"BENCH-{n:06}",
                slug=f"bench-{n:06}",
                organisation=source.choice(rows[Organisation]),
                district=source.choice(rows[District]),
                funding_line=source.choice(rows[FundingLine]),
                starts_on=starts_on,
                ends_on=starts_on + datetime.timedelta(days=source.randrange(60, 900)),
                total_cost=third * 4,
                state_share=third * 2,
                city_share=third,
                own_share=third,
                third_party_share=0,
                looks_for_help=source.random() < 0.2,
                state=Project.State.PUBLISHED,
                german_revision=1,
                search_title=index_text(title),
                search_text=index_text(title, summary, body),
                sort_title=sort_key(title),
                focus_keys=keys(row.pk for row in lists["focus_areas"]),
                group_keys=keys(row.pk for row in lists["target_groups"]),
                language_keys=keys(row.pk for row in lists["languages"]),
            )
        )
        texts.append((title, summary, body))
        links.append(lists)
    Project.objects.bulk_create(projects)
    remember_words(" ".join({w for project in projects for w in project.search_text.split()}))
    ProjectTranslation.objects.bulk_create(
        ProjectTranslation(
            master=project,
            language_code="de",
            title=title,
            summary=summary,
            body=body,
            checked_revision=1,
        )
        for project, (title, summary, body) in zip(projects, texts, strict=True)
    )
    for name in ("focus_areas", "target_groups", "languages"):
        through = getattr(Project, name).through
        column = {"focus_areas": "focusarea", "target_groups": "targetgroup"}.get(
            name, "spokenlanguage"
        )
        through.objects.bulk_create(
            through(project_id=project.pk, **{f"{column}_id": row.pk})
            for project, lists in zip(projects, links, strict=True)
            for row in lists[name]
        )
