"""A screen as cells with their style, read from the text that `tmux capture-pane -e` prints."""

import re
from dataclasses import dataclass, field, replace

from wcwidth import wcwidth

SGR = re.compile(r"\x1b\[([\d;:]*)m")
# Whatever else may stand between the characters: other control sequences, links, character sets.
NOISE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[\d;?]*[A-Za-ln-z]|\x1b[()].|[\x0e\x0f]"
)

SWITCHES = {
    1: ("bold", True),
    2: ("dim", True),
    3: ("italic", True),
    4: ("underlined", True),
    7: ("reversed", True),
    9: ("struck", True),
    23: ("italic", False),
    24: ("underlined", False),
    27: ("reversed", False),
    29: ("struck", False),
}


@dataclass(frozen=True)
class Style:
    """Colours are an index of the 256, `#rrggbb`, or None for the terminal's own."""

    front: int | str | None = None
    back: int | str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underlined: bool = False
    reversed: bool = False
    struck: bool = False


@dataclass(frozen=True)
class Cell:
    """A character, with what combines with it; empty behind a wide one."""

    text: str = " "
    style: Style = field(default_factory=Style)
    width: int = 1


@dataclass(frozen=True)
class Screen:
    """Rows of cells, all of one length."""

    rows: tuple

    def with_cursor(self, x, y):
        """The same with the cell under the cursor reversed, as terminals show it."""
        rows = [list(row) for row in self.rows]
        cell = rows[y][x]
        rows[y][x] = replace(cell, style=replace(cell.style, reversed=not cell.style.reversed))
        return Screen(tuple(tuple(row) for row in rows))

    def text(self):
        lines = ("".join(cell.text for cell in row).rstrip() for row in self.rows)
        return "\n".join(lines) + "\n"


def parse(text, columns, rows):
    lines = text.split("\n")[:rows]
    lines += [""] * (rows - len(lines))
    style = Style()
    out = []
    for line in lines:
        cells, style = parse_line(NOISE.sub("", line), style)
        cells += [Cell()] * (columns - len(cells))
        out.append(tuple(cells[:columns]))
    return Screen(tuple(out))


def parse_line(line, style):
    cells = []
    # Split at the sequences: texts at the even places, parameters at the odd ones.
    for place, piece in enumerate(SGR.split(line)):
        if place % 2:
            style = restyle(style, piece)
            continue
        for character in piece:
            width = wcwidth(character)
            if width == 0 and cells:
                cells[-1] = replace(cells[-1], text=cells[-1].text + character)
            elif width > 0:
                cells.append(Cell(character, style, width))
                cells += [Cell("", style, 0)] * (width - 1)
    return cells, style


def restyle(style, parameters):
    codes = iter([int(code or 0) for code in re.split("[;:]", parameters)])
    for code in codes:
        if code == 0:
            style = Style()
        elif code in SWITCHES:
            name, value = SWITCHES[code]
            style = replace(style, **{name: value})
        elif code == 22:
            style = replace(style, bold=False, dim=False)
        elif code in (38, 39) or 30 <= code <= 37 or 90 <= code <= 97:
            style = replace(style, front=colour(code, codes))
        elif code in (48, 49) or 40 <= code <= 47 or 100 <= code <= 107:
            style = replace(style, back=colour(code - 10, codes))
    return style


def colour(code, codes):
    """The colour of a foreground code; 38 takes what follows it."""
    if code == 39:
        return None
    if code == 38:
        if next(codes, 5) == 5:
            return next(codes, 0)
        return "#" + "".join(f"{next(codes, 0):02x}" for _ in range(3))
    return code - 30 if code < 90 else code - 90 + 8
