"""Names of lists as versions keep them: {language: name}. Pure values but for the row itself."""

from offenbach_wir import languages


def names_of(row, field):
    """{language: name} in every language of the portal in which the row has one."""
    texts = {text.language_code: text for text in row.translations.all()}
    return {code: getattr(texts[code], field) for code in languages.codes() if code in texts}


def name_in(names, code):
    """The name in that language, else in German, else in any."""
    return names.get(code) or names.get("de") or next(iter(names.values()), "")
