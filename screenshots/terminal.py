"""A program in a tmux server of its own: press keys, wait for what it shows, keep the screen.

    with Terminal(["closeout", "demo"], columns=100, rows=30) as terminal:
        terminal.wait_for("Waste")
        terminal.press("2", "Enter")
        terminal.wait_until_quiet()
        screen = terminal.screen()

Nothing waits for a fixed time: a wait ends when the screen is as wished, or fails with the screen
it saw instead.
"""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import grid

# Seconds between two looks at the screen.
LOOK = 0.03
# Seconds without a change after which a screen counts as quiet.
QUIET = 0.3

CONFIG = """\
set -g status off
set -g default-terminal tmux-256color
set -ga terminal-overrides ",*:RGB"
set -g escape-time 0
set -g remain-on-exit on
"""


class Failed(Exception):
    """A wait that ran out of time, or a program that ended too early; holds the screen."""


class Terminal:
    """The program, started on entering the block and ended with its tmux server on leaving it."""

    def __init__(self, command, columns, rows, variables=None, limit=20.0):
        self.command = [str(word) for word in command]
        self.columns, self.rows = columns, rows
        self.variables = variables or {}
        self.limit = limit

    def __enter__(self):
        # The socket, the home and the working directory go together when the block ends.
        self.folder = tempfile.TemporaryDirectory(prefix="shot-")
        home = Path(self.folder.name)
        (home / "tmux.conf").write_text(CONFIG)
        # The program sees nothing of the caller's settings, so the pictures do not depend on them.
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "SHELL": "/bin/sh",
            "TMUX_TMPDIR": str(home),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        size = ["-x", str(self.columns), "-y", str(self.rows)]
        variables = {"COLORTERM": "truecolor", **self.variables}
        pairs = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        self.tmux("new-session", "-d", *size, *pairs, "-c", str(home), "--", *self.command)
        # tmux 3.3 crashes when this is set before there is a session.
        self.tmux("set-option", "-g", "window-size", "manual")
        return self

    def __exit__(self, *_):
        self.tmux("kill-server", check=False)
        self.folder.cleanup()

    def tmux(self, *words, check=True):
        config = str(Path(self.folder.name) / "tmux.conf")
        answer = subprocess.run(
            ["tmux", "-L", "shot", "-f", config, *words],
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if check and answer.returncode:
            raise Failed(f"tmux {words[0]}: {answer.stderr.strip()}")
        return answer.stdout

    def press(self, *keys):
        """Keys by the names tmux has for them: `2`, `Enter`, `Space`, `C-d`."""
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def screen(self):
        """What is shown now. Blanks at the end of a line stay: they may be coloured."""
        text = self.tmux("capture-pane", "-e", "-N", "-p")
        screen = grid.parse(text, self.columns, self.rows)
        shown, x, y = self.tmux(
            "display-message", "-p", "#{cursor_flag} #{cursor_x} #{cursor_y}"
        ).split()
        return screen.with_cursor(int(x), int(y)) if shown == "1" else screen

    def wait_for(self, pattern):
        """Waits until a line matches; gives that screen."""
        wanted = re.compile(pattern, re.MULTILINE)
        return self.watch(lambda screen, _: wanted.search(screen.text()), f"no `{pattern}`")

    def wait_until_quiet(self):
        """Waits until the screen stays as it is for a moment; gives it."""
        return self.watch(lambda _, quiet: quiet >= QUIET, "the screen never came to rest")

    def watch(self, is_reached, complaint):
        began = since = time.monotonic()
        last = None
        while True:
            screen = self.screen()
            now = time.monotonic()
            if screen != last:
                last, since = screen, now
            if is_reached(screen, now - since):
                return screen
            if self.tmux("display-message", "-p", "#{pane_dead}").strip() == "1":
                raise Failed(f"{complaint}: the program has ended\n{screen.text()}")
            if now - began > self.limit:
                raise Failed(f"{complaint} within {self.limit:g} s; instead:\n{screen.text()}")
            time.sleep(LOOK)
