#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds the preset `release` (assertions on) and runs all tests.
# With MILLRACE_SHARED set to a folder of further test inputs, the tests that need it run, too; else they skip and say so.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '== %s\n' "$*"; }

installers/dependencies.sh --tests
say "Building (preset release)"
cmake --preset release >/dev/null
cmake --build --preset release
[ -n "${MILLRACE_SHARED:-}" ] || say "MILLRACE_SHARED is not set: the tests that need it will be skipped"
say "Testing"
log=$PWD/build/release/test.log
status=0
ctest --preset release --parallel 2 --output-log "$log" || status=$?
# What was skipped is said once more, and ctest's summary comes last.
skipped=$(grep -hE '^SKIP ' build/release/Testing/Temporary/LastTest.log | sort -u || true)
[ -z "$skipped" ] || printf '\n== Skipped:\n%s\n\n' "$skipped"
sed -n '/tests passed,/,$p' "$log"
exit "$status"
