"""Characters that are drawn as rectangles and not as letters, so that they join in any font."""

LIGHT = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu",
    "├": "rud", "┤": "lud", "┬": "lrd", "┴": "lru", "┼": "lrud",
}  # fmt: skip

# Braille dots in the order of their bits: column, row.
DOTS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]


def rectangles(character, x, y, width, height):
    """`(left, top, right, bottom, opacity)` of each rectangle. None for a letter."""
    code = ord(character) if len(character) == 1 else 0
    if character in LIGHT:
        return line(LIGHT[character], x, y, width, height)
    if 0x2581 <= code <= 0x2588:
        share = (code - 0x2580) / 8
        return [(x, y + height * (1 - share), x + width, y + height, 1)]
    if 0x2589 <= code <= 0x258F:
        return [(x, y, x + width * (0x2590 - code) / 8, y + height, 1)]
    if 0x2591 <= code <= 0x2593:
        return [(x, y, x + width, y + height, (code - 0x2590) / 4)]
    if 0x2800 < code <= 0x28FF:
        return braille(code - 0x2800, x, y, width, height)
    return None


def line(arms, x, y, width, height):
    thick = max(1, round(width / 9))
    left, top = x + (width - thick) // 2, y + (height - thick) // 2
    right, bottom = left + thick, top + thick
    out = []
    if "l" in arms or "r" in arms:
        out.append(
            (x if "l" in arms else left, top, x + width if "r" in arms else right, bottom, 1)
        )
    if "u" in arms or "d" in arms:
        out.append(
            (left, y if "u" in arms else top, right, y + height if "d" in arms else bottom, 1)
        )
    return out


def braille(bits, x, y, width, height):
    size = max(1, width * 0.13)
    out = []
    for bit, (column, row) in enumerate(DOTS):
        if bits >> bit & 1:
            middle = x + width * (0.27 + 0.46 * column), y + height * (0.14 + 0.24 * row)
            out.append((middle[0] - size, middle[1] - size, middle[0] + size, middle[1] + size, 1))
    return out
