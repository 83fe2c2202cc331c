#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds Millrace and starts it: the window where there is a display, else the built-in
# example, planned and run on the terminal. Arguments go to the window: installers/run.sh [PROJECT | MODEL [CLUSTER]]
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '== %s\n' "$*"; }

installers/dependencies.sh
say "Building (preset release)"
cmake --preset release >/dev/null
cmake --build --preset release

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    say "Starting the window"
    exec build/release/bin/millrace "$@"
fi
say "No display: running the built-in example, ResNet-50 on five unlike devices that this machine emulates"
exec build/release/bin/millracectl demo --requests 50
