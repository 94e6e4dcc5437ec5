"""What the colours of a style look like in a terminal with a dark or a light background."""

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


class Palette:
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
            return written(levels[cube // 36], levels[cube // 6 % 6], levels[cube % 6])
        return written(*[8 + (colour - 232) * 10] * 3)


def parts(colour):
    """Red, green and blue of `#rrggbb`."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def written(red, green, blue):
    return f"#{red:02x}{green:02x}{blue:02x}"


def mix(one, other, share):
    """So much of the one colour and the rest of the other."""
    both = zip(parts(one), parts(other), strict=True)
    return written(*(round(a * share + b * (1 - share)) for a, b in both))
