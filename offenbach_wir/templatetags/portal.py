"""Small things templates need everywhere."""

import json

from django import template
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from offenbach_wir import languages, money, richtext, times

register = template.Library()

EAGER = mark_safe('fetchpriority="high"')
LAZY = mark_safe('loading="lazy" decoding="async"')


@register.filter
def day(moment):
    """ "Mittwoch, 25. November 2026" of a moment or a day, as in Offenbach."""
    return times.day_in_words(moment)


@register.filter
def clock(moment):
    """ "9:30 Uhr" of a moment or a time of day, as on the clocks of Offenbach."""
    return times.clock_in_words(moment)


@register.filter
def bcp47(code):
    return languages.bcp47(code)


@register.filter
def euros(value):
    return "" if value is None else languages.isolated(money.format_euros(value))


@register.filter
def to_the_cent(value):
    """ "250,00 EUR": in plans, as their messages write it."""
    return "" if value is None else languages.isolated(money.format_to_the_cent(value))


@register.filter
def rich(html):
    """The editor's HTML, cleaned again on its way out, so that no other way in can spoil it."""
    return mark_safe(richtext.clean(html or ""))  # noqa: S308


@register.filter
def language_name(code):
    """The name of a language in itself, for the language of a document."""
    try:
        return languages.name_in_itself(code)
    except KeyError:
        return code


@register.filter
def json_ld(data):
    """A JSON-LD block; what could end the element is written as an escape."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.simple_tag(takes_context=True)
def current(context, name):
    """` aria-current="page"` for a navigation link whose section is open."""
    request = context.get("request")
    try:
        match = resolve(request.path_info) if request else None
    except Resolver404:
        match = None
    here = match and (match.view_name == name or name in match.namespaces)
    return mark_safe(' aria-current="true"') if here else ""


@register.simple_tag
def responsive(picture, sizes, *, eager=False, decorative=False):
    """The picture in the sizes made so far; the original while the task has not run yet.

    Wants: picture (may be None), sizes (what `sizes` says), eager for the one above the fold,
    decorative where the link around it already says what it shows.
    """
    if not picture:
        return ""
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((kind, srcset, sizes) for kind, srcset in picture.sources()),
    )
    alt, text = ("", None) if decorative else (picture.alternative, picture.text)
    return format_html(
        '<picture>{}<img src="{}" alt="{}"{} width="{}" height="{}"'
        ' class="focus-{}-{}" {}></picture>',
        sources,
        picture.file.url,
        alt,
        text.lang_attrs if alt and text else "",
        picture.width,
        picture.height,
        round(picture.focus_x / 25) * 25,
        round(picture.focus_y / 25) * 25,
        EAGER if eager else LAZY,
    )


@register.simple_tag
def static_absolute(portal, path):
    return portal.url + static(path)
