#!/usr/bin/env python3
"""Opens the HTML reports in Chromium and proves that nothing in them runs.

    cargo test --test dashboards && tests/pages/browser.py target/tmp/pages

The folder holds `hostile.html`, the report of an account whose every name is hostile, and `recorded.html`, that of the
demo; the test binary `dashboards` writes both with the program itself. Of the hostile one two more pages are made here,
with its escapes undone: `unescaped.html`, which keeps the policy of the page, and `control.html`, which has neither.
The control has to be taken over by its names, or the browser proves nothing.

A page is fetched from a server on loopback, which notes whatever else is asked for. Screenshots are left beside the
pages. Exit status: 0 proved, 1 not, 2 there is no browser or no page.
"""

import functools
import html
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from html.parser import HTMLParser

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# No sandbox, since a container lends none and the pages are our own; nothing of the browser's own goes out.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --disable-extensions"
    " --disable-background-networking --disable-component-update --disable-sync --disable-default-apps --hide-scrollbars"
).split()

# Seconds a page may take; each takes one or two.
TIME_LIMIT = 120

# What a hostile name sets the title to.
TAKEN_OVER = "ran"

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


class Elements(HTMLParser):
    """The elements of a page with their attributes, in order, its title and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.title, self.text, self.open = [], "", [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, sorted(attrs)))
        self.open = tag

    def handle_endtag(self, tag):
        self.open = ""

    def handle_data(self, data):
        if self.open == "title":
            self.title += data
        self.text.append(data)

    def words(self):
        return "".join(self.text).split()


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder on loopback and notes every path it is asked for."""

    def __init__(self, folder):
        self.asked = []
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


def chromium(browser, arguments):
    """Runs the browser once, as nobody in particular, and gives what it prints."""
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", *arguments]
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
    if done.returncode != 0:
        sys.exit(f"{browser} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout.decode()


class Proof:
    def __init__(self, browser, folder):
        self.browser, self.folder, self.mistakes = browser, folder, []
        self.server = Server(folder)

    def source(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def opened(self, name):
        """The page as it is in the browser after its load, and what it asked for beside itself."""
        self.server.asked.clear()
        dom = chromium(self.browser, ["--dump-dom", f"http://127.0.0.1:{self.server.server_port}/{name}"])
        asked = [path for path in self.server.asked if path not in (f"/{name}", "/favicon.ico")]
        return Elements(dom), asked

    def claim(self, name, what, holds, detail=""):
        print(f"{'ok' if holds else 'WRONG':6}{name}: {what}{'' if holds else f': {detail}'}")
        if not holds:
            self.mistakes.append(f"{name}: {what}")

    def is_as_written(self, name):
        written = Elements(self.source(name))
        found, asked = self.opened(name)
        differ = next((pair for pair in zip(written.tags, found.tags) if pair[0] != pair[1]), "one has more")
        self.claim(name, "the title is ours", found.title == written.title, found.title[:80])
        self.claim(name, f"its {len(written.tags)} elements and no other", found.tags == written.tags, differ)
        self.claim(name, "its text and no other", found.words() == written.words())
        self.claim(name, "asks for nothing", not asked, asked)

    def screenshot(self, name, width, height, flags=()):
        picture = os.path.join(self.folder, f"{name.removesuffix('.html')}-{width}{'-dark' if flags else ''}.png")
        address = f"http://127.0.0.1:{self.server.server_port}/{name}"
        chromium(self.browser, [f"--screenshot={picture}", f"--window-size={width},{height}", *flags, address])
        self.claim(name, f"drawn {width} wide", os.path.getsize(picture) > 10_000)

    def write(self, name, page):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(page)

    def run(self):
        self.is_as_written("recorded.html")
        self.is_as_written("hostile.html")
        # A dialog would hold the page up; the names beside it do enough.
        raw = html.unescape(self.source("hostile.html")).replace("alert(1)", "1")
        self.write("unescaped.html", raw)
        self.write("control.html", POLICY.sub("", raw))
        found, asked = self.opened("unescaped.html")
        self.claim("unescaped.html", "the policy alone keeps scripts from running", found.title != TAKEN_OVER)
        self.claim("unescaped.html", "the policy alone keeps names from loading", not asked, asked)
        found, asked = self.opened("control.html")
        self.claim("control.html", "is taken over, so this check can fail", found.title == TAKEN_OVER, found.title[:80])
        self.claim("control.html", "loads what a name asks for", asked != [], "nothing")
        self.screenshot("recorded.html", 1280, 4000)
        self.screenshot("recorded.html", 1280, 2000, ["--blink-settings=preferredColorScheme=0"])
        self.screenshot("recorded.html", 500, 3000)
        self.screenshot("hostile.html", 1280, 3000)
        return self.mistakes


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "target/tmp/pages"
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("no Chromium here: install one, or name it in CHROMIUM", file=sys.stderr)
        return 2
    if not os.path.exists(os.path.join(folder, "hostile.html")):
        print(f"no pages in {folder}: `cargo test --test dashboards` writes them", file=sys.stderr)
        return 2
    mistakes = Proof(browser, folder).run()
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
