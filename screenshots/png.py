"""Draws a screen as PNG."""

import subprocess

from PIL import Image, ImageDraw, ImageFont

import shapes
from colours import mix, parts

FONT = "JetBrains Mono,DejaVu Sans Mono"
# Height of a cell, size of a letter and margin in pixels, before they are scaled.
HEIGHT, LETTER, MARGIN = 19, 15, 8
# Screens with more columns than LARGE are drawn smaller: their pictures would weigh too much.
SCALE, SMALL_SCALE, LARGE = 1.5, 1.0, 120
# Steps from the background to the colour of a letter: enough for smooth letters, few enough for
# small files.
STEPS = 5


def draw(screen, palette):
    sheet = Sheet(screen, palette)
    for y, row in enumerate(screen.rows):
        for x, cell in enumerate(row):
            sheet.background(x, y, cell)
        for x, cell in enumerate(row):
            sheet.cell(x, y, cell)
    return sheet.image.quantize(palette=shades(screen, palette), dither=Image.Dither.NONE)


class Sheet:
    """The picture while it is drawn, cell by cell."""

    def __init__(self, screen, palette):
        scale = SCALE if len(screen.rows[0]) <= LARGE else SMALL_SCALE
        self.palette = palette
        self.fonts = Fonts(LETTER * scale)
        self.width = round(self.fonts.plain.getlength("M"))
        self.height = round(HEIGHT * scale)
        self.margin = round(MARGIN * scale)
        columns, rows = len(screen.rows[0]), len(screen.rows)
        size = columns * self.width + 2 * self.margin, rows * self.height + 2 * self.margin
        self.image = Image.new("RGB", size, palette.back)
        self.pen = ImageDraw.Draw(self.image)

    def corner(self, x, y):
        return self.margin + x * self.width, self.margin + y * self.height

    def background(self, x, y, cell):
        back = self.palette.of(cell.style)[1]
        if back != self.palette.back:
            left, top = self.corner(x, y)
            self.box(left, top, left + self.width, top + self.height, back)

    def cell(self, x, y, cell):
        front, back = self.palette.of(cell.style)
        left, top = self.corner(x, y)
        base = top + round(self.height * 0.76)
        boxes = shapes.rectangles(cell.text, left, top, self.width, self.height)
        for *edges, opacity in boxes or []:
            self.box(*edges, mix(front, back, opacity))
        if boxes is None and cell.text.strip():
            font = self.fonts.of(cell.text, cell.style.bold)
            self.pen.text((left, base), cell.text, font=font, fill=front, anchor="ls")
        if cell.style.underlined:
            self.box(left, base + 3, left + self.width, base + 5, front)

    def box(self, left, top, right, bottom, colour):
        left, top, right, bottom = (round(edge) for edge in (left, top, right, bottom))
        # Pillow draws the right and the lower edge as well; a box is at least a pixel.
        self.pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=colour)


class Fonts:
    """The letters: the first font that has a character draws it."""

    def __init__(self, pixels):
        patterns = f"{FONT}:style=Regular", f"{FONT}:bold", "DejaVu Sans Mono"
        fonts = (ImageFont.truetype(font_file(pattern), pixels) for pattern in patterns)
        self.plain, self.bold, self.other = fonts
        self.known = {}

    def of(self, character, bold):
        first = self.bold if bold else self.plain
        if (character, bold) not in self.known:
            self.known[character, bold] = has(first, character)
        return first if self.known[character, bold] else self.other


def font_file(pattern):
    command = ["fc-match", "--format=%{file}", pattern]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def has(font, character):
    """Whether it is drawn otherwise than a character no font has."""
    drawn, missing = font.getmask(character[0]), font.getmask("\U0010fffe")
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def shades(screen, palette):
    """The colours of the cells and the steps between them. Chosen by how often they occur, a single
    red sign would come out grey."""
    pairs = {palette.of(cell.style) for row in screen.rows for cell in row if cell.text.strip()}
    steps = [step / STEPS for step in range(STEPS + 1)]
    colours = {palette.back} | {mix(front, back, step) for front, back in pairs for step in steps}
    image = Image.new("P", (1, 1))
    image.putpalette([part for colour in sorted(colours)[:256] for part in parts(colour)])
    return image
