"""`make bench`, third part: what writing a proposal stands.

python tests/bench_proposals.py
"""

import os
import sys
import time
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

ROUNDS, PDF_ROUNDS = 200, 20


def p95(times):
    return sorted(times)[int(len(times) * 0.95) - 1] * 1000


def budget_of_200_rows():
    """A plan of 200 rows that lacks much, checked and put into German: below 50 ms."""
    from django.utils import translation

    from projects.proposals import budget

    costs = [
        budget.Cost(kind, Decimal("120.50") + n, 2027 + n % 3, f"Posten {n}", f"cost-{n}")
        for n, kind in enumerate(budget.CostKind.values * 14)
    ]
    income = [
        budget.Income(kind, Decimal("90.10") + n, 2027 + n % 3, f"Posten {n}", f"income-{n}")
        for n, kind in enumerate(budget.IncomeKind.values * 5)
    ]
    unpaid = [
        budget.InKind(Decimal("7.5"), Decimal("15.00"), 2027 + n % 3, f"Hilfe {n}", f"work-{n}")
        for n in range(15)
    ]
    terms = budget.Terms("Modellprojekte", "pro_rata", Decimal("50"), cap=Decimal("5000.00"))
    times = []
    with translation.override("de"):
        for _round in range(ROUNDS):
            started = time.perf_counter()
            result = budget.check(costs, income, unpaid, terms)
            texts = [message.text for message in result.messages]
            times.append(time.perf_counter() - started)
    rows = len(costs) + len(income) + len(unpaid)
    print(f"plan of {rows} rows, {len(texts)} messages: p95 {p95(times):.1f} ms (below 50)")


def pdf_of_60_rows():
    """Long answers in two languages beside each other and 60 rows of costs: below 3 s."""
    from projects.proposals import pdf
    from tests.proposals.plain_data import CONTACT, cost, data, plan

    rows = [cost(description=f"Posten {n}", year=2027 + n % 2) for n in range(60)]
    arabic, german = "نريد حديقة مشتركة للجميع. " * 60, "Wir wollen einen Garten. " * 60
    values = data("ar", text=arabic, german=german, plan=plan(rows))
    times = []
    for _round in range(PDF_ROUNDS):
        # The signs that no font has differ, or the typesetter would remember the last file.
        values["answers"]["summary"]["text"] = f"{arabic} {_round} {chr(0x4E00 + _round)}"
        started = time.perf_counter()
        content = pdf.make(values, CONTACT, checksum="ab" * 32)
        times.append(time.perf_counter() - started)
    print(
        f"PDF of {len(rows)} rows, {len(content) // 1000} kB: first {times[0] * 1000:.0f} ms, "
        f"p95 {p95(times):.0f} ms (below 3,000)"
    )


def main():
    import django

    django.setup()
    budget_of_200_rows()
    pdf_of_60_rows()


if __name__ == "__main__":
    main()
