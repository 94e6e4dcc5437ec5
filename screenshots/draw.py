"""Draws a screen as SVG and as PNG."""

import html
import subprocess

import shapes

# Text and background of the terminal, and its sixteen colours.
PALETTES = {
    "dark": (
        "#d7dce2 #14171c",
        "#20252c #e8615a #63b56b #cf9a33 #5b9bf0 #b98af2 #45c2cc #b4bcc6",
        "#69737f #ff9088 #8fdc95 #ecc866 #97cdff #dbbefc #7fe3e9 #ffffff",
    ),
    "light": (
        "#24292e #fdfdfb",
        "#24292e #c8252d #17692a #7f5200 #1264c9 #7d4bd6 #17757d #69717a",
        "#565d66 #a11428 #1d7d39 #986a00 #2486f0 #a074ee #2f8fac #8a929b",
    ),
}
FONT = "JetBrains Mono,DejaVu Sans Mono"
# A character cell of the SVG, in its units.
CELL_WIDTH, CELL_HEIGHT, LETTER = 9, 19, 15
# Empty units around the screen.
MARGIN = 8
# Pixels of the PNG for each unit: large screens are drawn smaller, their pictures would weigh too much.
SCALE, SMALL_SCALE, LARGE = 1.5, 1.0, 120
# Steps from the background to a letter's colour in the PNG: enough for smooth letters, few enough for small files.
STEPS = 5


class Palette:
    """What colours look like in a terminal of this sort."""

    def __init__(self, name):
        (self.front, self.back), low, high = (line.split() for line in PALETTES[name])
        self.named = low + high

    def of(self, style):
        """Text and background colour of a style, as `#rrggbb`."""
        front, back = self.look_up(style.front, self.front), self.look_up(style.back, self.back)
        if style.reversed:
            front, back = back, front
        return (mix(front, back, 0.62) if style.dim else front), back

    def look_up(self, colour, default):
        if colour is None:
            return default
        if isinstance(colour, str):
            return colour
        if colour < 16:
            return self.named[colour]
        if colour < 232:
            levels = (0, 95, 135, 175, 215, 255)
            cube = colour - 16
            return hexadecimal(levels[cube // 36], levels[cube // 6 % 6], levels[cube % 6])
        return hexadecimal(*[8 + (colour - 232) * 10] * 3)


def hexadecimal(red, green, blue):
    return f"#{red:02x}{green:02x}{blue:02x}"


def mix(one, other, share):
    """So much of the one colour and the rest of the other."""
    parts = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (one, other)]
    return hexadecimal(*(round(a * share + b * (1 - share)) for a, b in zip(*parts)))


def runs(row, key):
    """Neighbours with the same key: where they begin, the key, the cells."""
    start = 0
    while start < len(row):
        end = start + 1
        while end < len(row) and key(row[end]) == key(row[start]):
            end += 1
        yield start, key(row[start]), row[start:end]
        start = end


def is_shape(cell):
    return shapes.rectangles(cell.text, 0, 0, 1, 1) is not None


def svg(screen, palette, title):
    columns, rows = len(screen.rows[0]), len(screen.rows)
    width, height = columns * CELL_WIDTH + 2 * MARGIN, rows * CELL_HEIGHT + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="{FONT},Menlo,Consolas,monospace" font-size="{LETTER}">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="6" fill="{palette.back}"/>',
        f'<g transform="translate({MARGIN} {MARGIN})">',
    ]
    for y, row in enumerate(screen.rows):
        out += svg_backgrounds(row, y, palette)
        out += svg_texts(row, y, palette)
    return "\n".join([*out, "</g>", "</svg>", ""])


def svg_backgrounds(row, y, palette):
    for x, colour, cells in runs(row, lambda cell: palette.of(cell.style)[1]):
        if colour != palette.back:
            place = f'x="{x * CELL_WIDTH}" y="{y * CELL_HEIGHT}"'
            yield f'<rect {place} width="{len(cells) * CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{colour}"/>'


def svg_texts(row, y, palette):
    top, base = y * CELL_HEIGHT, y * CELL_HEIGHT + round(CELL_HEIGHT * 0.76)
    for x, (style, shaped, text), cells in runs(row, lambda cell: (cell.style, is_shape(cell), is_shape(cell) and cell.text)):
        colour = palette.of(style)[0]
        if shaped:
            yield from svg_shapes(text, x, top, len(cells), colour)
            continue
        text = "".join(cell.text for cell in cells)
        blank = len(text) - len(text.lstrip())
        kept = text.strip()
        if not kept:
            continue
        span = sum(cell.width for cell in cells[blank:] if cell.text.strip() or cell.width == 0)
        span = max(span, len(kept))
        attributes = f'x="{(x + blank) * CELL_WIDTH}" y="{base}" fill="{colour}" textLength="{span * CELL_WIDTH}"'
        attributes += ' font-weight="bold"' if style.bold else ""
        attributes += ' font-style="italic"' if style.italic else ""
        attributes += ' text-decoration="underline"' if style.underlined else ""
        yield f'<text {attributes} xml:space="preserve">{html.escape(kept, quote=False)}</text>'


def svg_shapes(character, x, top, count, colour):
    """The rectangles of one character, or of a row of equal ones: a line is one rectangle, not a hundred."""
    one = shapes.rectangles(character, x * CELL_WIDTH, top, CELL_WIDTH, CELL_HEIGHT)
    whole_width = all(left == x * CELL_WIDTH and right == left + CELL_WIDTH for left, _, right, _, _ in one)
    for step in range(1 if whole_width else count):
        for left, upper, right, lower, opacity in one:
            if whole_width:
                right = left + count * CELL_WIDTH
            shown = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
            place = f'x="{left + step * CELL_WIDTH:g}" y="{upper:g}"'
            yield f'<rect {place} width="{right - left:g}" height="{lower - upper:g}" fill="{colour}"{shown}/>'


class Fonts:
    """The letters of a PNG: the first font that has a character draws it."""

    def __init__(self, pixels):
        from PIL import ImageFont

        self.plain, self.bold, self.other = (
            ImageFont.truetype(font_file(pattern), pixels)
            for pattern in (f"{FONT}:style=Regular", f"{FONT}:bold", "DejaVu Sans Mono")
        )
        self.known = {}

    def of(self, character, bold):
        first = self.bold if bold else self.plain
        if (character, bold) not in self.known:
            self.known[character, bold] = has(first, character)
        return first if self.known[character, bold] else self.other


def font_file(pattern):
    answer = subprocess.run(["fc-match", "--format=%{file}", pattern], capture_output=True, text=True, check=True)
    return answer.stdout


def has(font, character):
    """Whether it is drawn otherwise than a character no font has."""
    drawn, missing = font.getmask(character[0]), font.getmask("\U0010fffe")
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def png(screen, palette):
    from PIL import Image, ImageDraw

    scale = SCALE if len(screen.rows[0]) <= LARGE else SMALL_SCALE
    fonts = Fonts(LETTER * scale)
    width, height = round(fonts.plain.getlength("M")), round(CELL_HEIGHT * scale)
    margin = round(MARGIN * scale)
    size = (len(screen.rows[0]) * width + 2 * margin, len(screen.rows) * height + 2 * margin)
    image = Image.new("RGB", size, palette.back)
    pen = ImageDraw.Draw(image)
    for y, row in enumerate(screen.rows):
        for x, cell in enumerate(row):
            png_background(pen, cell, palette, (margin + x * width, margin + y * height), width, height)
        for x, cell in enumerate(row):
            png_cell(pen, cell, palette, fonts, (margin + x * width, margin + y * height), width, height)
    return image.quantize(palette=png_colours(screen, palette), dither=Image.Dither.NONE)


def png_colours(screen, palette):
    """The colours of the cells and the steps between them. Chosen by how often they occur, a single red sign
    would come out grey."""
    from PIL import Image

    pairs = {palette.of(cell.style) for row in screen.rows for cell in row if cell.text.strip()}
    colours = {mix(front, back, step / STEPS) for front, back in pairs for step in range(STEPS + 1)}
    colours = sorted({palette.back, *colours})[:256]
    image = Image.new("P", (1, 1))
    image.putpalette([int(colour[at : at + 2], 16) for colour in colours for at in (1, 3, 5)])
    return image


def png_background(pen, cell, palette, corner, width, height):
    back = palette.of(cell.style)[1]
    if back != palette.back:
        pen.rectangle((*corner, corner[0] + width - 1, corner[1] + height - 1), fill=back)


def png_cell(pen, cell, palette, fonts, corner, width, height):
    front, back = palette.of(cell.style)
    base = corner[1] + round(height * 0.76)
    boxes = shapes.rectangles(cell.text, *corner, width, height)
    if boxes is not None:
        for left, top, right, bottom, opacity in boxes:
            edges = round(left), round(top), max(round(left), round(right) - 1), max(round(top), round(bottom) - 1)
            pen.rectangle(edges, fill=mix(front, back, opacity))
    elif cell.text.strip():
        font = fonts.of(cell.text, cell.style.bold)
        pen.text((corner[0], base), cell.text, font=font, fill=front, anchor="ls")
    if cell.style.underlined and cell.width:
        pen.rectangle((corner[0], base + 3, corner[0] + width - 1, base + 4), fill=front)
