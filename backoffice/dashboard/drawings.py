"""Drawings of a few numbers, made on the server: no script, both themes, and every number is also said in words."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice import show

HEIGHT, WIDTH, GAP = 64, 20, 4
BAND = '<svg class="bo-band" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
COLUMNS = '<svg class="bo-columns" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'


def band(parts: Sequence[tuple[str, Any, int]]) -> SafeString | str:
    """One band, divided as the numbers are: (tone, what it is, how many). Nothing when there are none."""
    whole = sum(count for _tone, _what, count in parts)
    if not whole:
        return ""
    pieces, left = [], 0.0
    for tone, what, count in parts:
        wide = count * 100 / whole
        if count:
            pieces.append((tone, f"{left:.2f}", f"{max(wide - 0.6, 0.6):.2f}", f"{what}: {show.number(count)}"))
        left += wide
    drawn = format_html_join("", '<rect class="bo-fill-{}" x="{}" y="0" width="{}" height="8" rx="1"><title>{}</title></rect>', pieces)
    told = ", ".join(f"{what}: {show.number(count)}" for _tone, what, count in parts if count)
    return format_html(BAND, told, drawn)


def columns(values: Sequence[tuple[Any, int, Any]], tone: str, about: Any) -> SafeString:
    """A column for each (when, how much, what is said of it)."""
    highest = max((value for _when, value, _said in values), default=0) or 1
    drawn = []
    for place, (when, value, said) in enumerate(values):
        tall = max(value / highest * (HEIGHT - 4), 1) if value > 0 else 0
        left, top = place * (WIDTH + GAP), f"{HEIGHT - tall:.1f}"
        drawn.append((left, WIDTH, HEIGHT, tone, left, top, WIDTH, f"{tall:.1f}", f"{when}: {said}"))
    bars = format_html_join(
        "",
        '<g><rect class="bo-bar-ground" x="{}" y="0" width="{}" height="{}"/>'
        '<rect class="bo-fill-{}" x="{}" y="{}" width="{}" height="{}"/><title>{}</title></g>',
        drawn,
    )
    wide = max(len(values), 1) * (WIDTH + GAP) - GAP
    return format_html(COLUMNS, wide, HEIGHT, about, bars)
