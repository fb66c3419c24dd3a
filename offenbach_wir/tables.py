"""Values as cells of a table that a spreadsheet program opens."""

import csv

# A spreadsheet would run such a cell as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value):
    """A value as a spreadsheet may show it and never run it; numbers and dates stay as they are."""
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class _Echo:
    def write(self, value):
        return value


def csv_lines(rows):
    """The lines of a CSV file as Excel reads it: UTF-8 with a mark, semicolons between cells."""
    writer = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_MINIMAL)
    mark = "\ufeff"
    for row in rows:
        yield mark + writer.writerow([cell(value) for value in row])
        mark = ""
