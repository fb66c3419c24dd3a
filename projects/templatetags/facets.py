"""The choices of a filter. Written here and not in a template because a page has a hundred of
them: this way they cost a tenth.
"""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import ngettext

from offenbach_wir import languages

register = template.Library()

CHOICE = (
    '<div class="choice"><input type="checkbox" id="{0}-{1}" name="{0}" value="{1}"{2}>'
    '<label for="{0}-{1}"><span{3}>{4}</span> <span class="count">({5}'
    '<span class="visually-hidden"> {6}</span>)</span></label></div>\n'
)


@register.simple_tag
def facet_choices(facet):
    """Check boxes of the values that would give hits, and of those that are chosen already."""
    here = languages.active()
    return format_html_join(
        "",
        CHOICE,
        (
            (
                facet.name,
                option.value,
                CHECKED if option.is_chosen else "",
                _lang(option.language, here),
                option.label,
                option.count,
                ngettext("matching project", "matching projects", option.count),
            )
            for option in facet.options
            if option.count or option.is_chosen
        ),
    )


CHECKED = format_html(" {}", "checked")


def _lang(code, here):
    if not code or code == here:
        return ""
    return format_html(' lang="{}" dir="{}"', languages.bcp47(code), languages.direction(code))
