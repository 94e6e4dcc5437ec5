"""Takes the pictures: runs closeout, presses the keys of a scene, saves what the screen shows.

Each scene becomes NAME.txt, NAME.svg and NAME.png. They show the recorded account of `closeout
demo`, so they come out the same on every machine with the same fonts. `--scan` takes one more, of a
scan at work against the emulator of the tests; no two of those are alike.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import emulator
import png
import svg
from colours import Palette
from scenes import SCENES, Pause, Text, Until
from terminal import Failed, Terminal

HERE = Path(__file__).resolve().parent
BINARIES = [HERE.parent / "target" / build / "closeout" for build in ("release", "debug")]


def main():
    options = arguments()
    wanted = [scene for scene in SCENES if not options.names or scene.name in options.names]
    try:
        for scene in wanted:
            save(play(options.binary, scene), scene.name, scene.palette, options.out)
        if options.scan:
            save(scan(options.binary), "scan", "dark", options.out)
    except Failed as failure:
        sys.exit(str(failure).rstrip())


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--binary",
        type=Path,
        help="closeout to run [default: the release build, else the debug build]",
    )
    parser.add_argument(
        "--out", type=Path, default=HERE, help="folder of the pictures [default: screenshots]"
    )
    parser.add_argument(
        "--scan", action="store_true", help="also take the picture of a running scan"
    )
    names = [scene.name for scene in SCENES]
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="scenes to take [default: all]: " + ", ".join(names),
    )
    options = parser.parse_args()
    for name in options.names:
        if name not in names:
            parser.error(f"no scene is called {name}")
    options.binary = options.binary or next(
        (binary for binary in BINARIES if binary.exists()), None
    )
    if options.binary is None or not options.binary.exists():
        parser.error("there is no closeout to run: `cargo build --release` makes one")
    options.binary = options.binary.resolve()
    for program in ("tmux", "fc-match"):
        if shutil.which(program) is None:
            parser.error(f"{program} is not installed")
    return options


def play(binary, scene):
    with Terminal([binary, "demo", *scene.options], *scene.size, scene.variables) as terminal:
        for step in scene.steps:
            match step:
                case Pause(seconds):
                    time.sleep(seconds)
                case Until(pattern):
                    terminal.wait_for(pattern)
                case Text(text):
                    terminal.type(text)
                case key:
                    terminal.press(key)
        return terminal.wait_until_quiet()


def scan(binary):
    """A scan about half-way."""
    with tempfile.TemporaryDirectory() as folder, emulator.account(folder) as endpoint:
        command = [binary, "--region", ",".join(emulator.regions())]
        with Terminal(command, 100, 30, emulator.variables(endpoint), limit=60) as terminal:
            return terminal.wait_for(r"\b(4[5-9]|5\d) %")


def save(screen, name, colours, folder):
    palette = Palette(colours)
    (folder / f"{name}.txt").write_text(screen.text(), encoding="utf-8")
    drawing = svg.draw(screen, palette, f"closeout: {name}")
    (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
    picture = folder / f"{name}.png"
    png.draw(screen, palette).save(picture, optimize=True)
    print(f"{name}: {picture.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
