#!/bin/sh
# Takes the pictures of this folder anew.
#
#   screenshots/make.sh [--binary PATH] [--scan] [NAME ...]
#
# Needs tmux, fontconfig, JetBrains Mono and DejaVu Sans Mono, and Python 3.10 or newer with its venv module (Debian:
# apt-get install tmux fontconfig fonts-jetbrains-mono fonts-dejavu-core python3-venv). The Python packages go into
# target/screenshots. `screenshots/make.sh --help` tells the rest.
set -eu
cd "$(dirname "$0")/.."
venv=target/screenshots/venv
if ! cmp -s screenshots/requirements.txt "$venv/requirements.txt"; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement screenshots/requirements.txt
    cp screenshots/requirements.txt "$venv/requirements.txt"
fi
case " $* " in
*" --scan "*) "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement tests/emulator/requirements.txt ;;
esac
PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" screenshots/make.py "$@"
