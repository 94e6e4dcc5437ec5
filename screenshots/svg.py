"""Draws a screen as SVG."""

import html

from wcwidth import wcswidth

import shapes

FONT = "JetBrains Mono,DejaVu Sans Mono,Menlo,Consolas,monospace"
# A character cell, a letter, and the empty margin around the screen.
WIDTH, HEIGHT, LETTER, MARGIN = 9, 19, 15, 8


def draw(screen, palette, title):
    width = len(screen.rows[0]) * WIDTH + 2 * MARGIN
    height = len(screen.rows) * HEIGHT + 2 * MARGIN
    size = f'width="{width}" height="{height}"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}>',
        f"<title>{html.escape(title)}</title>",
        f'<rect {size} rx="6" fill="{palette.back}"/>',
        f'<g transform="translate({MARGIN} {MARGIN})" font-family="{FONT}" font-size="{LETTER}">',
    ]
    for y, row in enumerate(screen.rows):
        out += backgrounds(row, y * HEIGHT, palette)
        out += texts(row, y * HEIGHT, palette)
    return "\n".join([*out, "</g>", "</svg>", ""])


def backgrounds(row, top, palette):
    for x, colour, cells in runs(row, lambda cell: palette.of(cell.style)[1]):
        if colour != palette.back:
            yield rectangle(x * WIDTH, top, (x + len(cells)) * WIDTH, top + HEIGHT, colour)


def texts(row, top, palette):
    for x, (style, shape), cells in runs(row, lambda cell: (cell.style, shape_of(cell))):
        colour = palette.of(style)[0]
        if shape:
            yield from shape_rectangles(shape, x, top, len(cells), colour)
        else:
            yield from text(x, top, style, "".join(cell.text for cell in cells), colour)


def text(x, top, style, written, colour):
    kept = written.strip()
    if not kept:
        return
    left = (x + len(written) - len(written.lstrip())) * WIDTH
    # With its length given, a text keeps to its cells even in a font of another width.
    attributes = [
        f'x="{left}" y="{top + round(HEIGHT * 0.76)}" fill="{colour}"',
        f'textLength="{wcswidth(kept) * WIDTH}" xml:space="preserve"',
    ]
    attributes += ['font-weight="bold"'] * style.bold
    attributes += ['font-style="italic"'] * style.italic
    attributes += ['text-decoration="underline"'] * style.underlined
    yield f"<text {' '.join(attributes)}>{html.escape(kept, quote=False)}</text>"


def shape_rectangles(character, x, top, count, colour):
    """One character, or a row of equal ones: a line is one rectangle, not a hundred."""
    start, end = x * WIDTH, (x + 1) * WIDTH
    one = shapes.rectangles(character, start, top, WIDTH, HEIGHT)
    joins = all((left, right) == (start, end) for left, _, right, _, _ in one)
    for step in range(1 if joins else count):
        for left, upper, right, lower, opacity in one:
            right += (count - 1) * WIDTH if joins else step * WIDTH
            yield rectangle(left + step * WIDTH, upper, right, lower, colour, opacity)


def rectangle(left, top, right, bottom, colour, opacity=1):
    place = f'x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}"'
    shown = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<rect {place} fill="{colour}"{shown}/>'


def shape_of(cell):
    """Its character, when that is drawn as rectangles."""
    return cell.text if shapes.rectangles(cell.text, 0, 0, 1, 1) is not None else None


def runs(row, key):
    """Neighbours with the same key: where they begin, the key, the cells."""
    start = 0
    while start < len(row):
        end = start + 1
        while end < len(row) and key(row[end]) == key(row[start]):
            end += 1
        yield start, key(row[start]), row[start:end]
        start = end
