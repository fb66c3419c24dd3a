"""What pages of proposals need beside the tags of the portal."""

from django import template
from django.urls import reverse

from offenbach_wir import languages
from offenbach_wir.money import format_to_the_cent
from projects.proposals.snapshot import name_in

register = template.Library()


@register.filter
def cents(value):
    """ "1.250,00 EUR": sums of a plan are always written to the cent."""
    return "" if value is None else languages.isolated(format_to_the_cent(value))


@register.filter
def signed(value):
    """ "+250,00 EUR" or "−250,00 EUR": a difference; nothing before 0."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return languages.isolated(sign + format_to_the_cent(abs(value)))


@register.filter
def percent(value):
    """ "50 %" or "33,34 %"."""
    whole, _dot, places = f"{value:.2f}".partition(".")
    return languages.isolated(f"{whole} %" if places == "00" else f"{whole},{places} %")


@register.filter
def number(value):
    """ "1,5" or "12": a quantity the German way, without places that say nothing."""
    return f"{value.normalize():f}".replace(".", ",")


@register.filter
def isolated(text):
    """What reads from left to right, as "36 × 12" does, within a sentence of any direction."""
    return languages.isolated(text)


@register.filter
def in_my_language(names):
    """The name of a list's row as a version keeps it: {language: name}."""
    return name_in(names, languages.active())


@register.simple_tag
def section_url(name):
    """The address of a section: (name, arguments …) of views/writing.address_of."""
    return reverse(name[0], args=name[1:])
