#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# wrong_links.sh COMPILER ROOMS PROBES: that a room which used another one than it links would not come
# through the build. PROBES/ROOM.o uses that room; linked with the archives below a room that may not
# use it, which ROOMS lists, its symbol must be missing, and with its own it must be there.
set -euo pipefail
compiler=$1
rooms=$2
probes=$3

rules='
cluster: base graph inference onnx profile flow runtime ssh
onnx: base graph cluster inference plan plan_search plan_whatif experiment profile runtime ssh ui_project
plan: base graph cluster inference onnx profile flow runtime ssh
plan_search: base graph cluster plan plan_space onnx profile runtime ssh ui_project
plan_whatif: plan plan_space plan_search experiment onnx runtime ui_project
experiment: plan plan_space plan_search plan_whatif onnx runtime deploy ui_project
runtime: base graph cluster inference onnx plan plan_space plan_search plan_whatif experiment profile ssh ui_project
deploy: base cluster onnx plan plan_search plan_whatif experiment profile runtime ssh ui_project
ui_project: base cluster plan plan_search onnx runtime deploy
'

status=0
missing() { # PROBE ROOM: which of the program's own names are not found
    mapfile -t archives < <(sed 's/.* //' "$rooms/$2")
    "$compiler" -o /dev/null "$probes/$1.o" -Wl,--start-group "${archives[@]}" -Wl,--end-group 2>&1 |
        grep "probe.cpp.*undefined reference to \`millrace::" || true
}
while IFS=: read -r probe wrong; do
    [ -n "$probe" ] || continue
    if [ -n "$(missing "$probe" "$probe")" ]; then
        printf 'error: what uses %s does not link with it\n' "$probe"
        missing "$probe" "$probe"
        status=1
    fi
    for room in $wrong; do
        if [ -z "$(missing "$probe" "$room")" ]; then
            printf 'error: room %s links, itself or by another, room %s, which it may not use\n' "$room" "$probe"
            status=1
        fi
    done
done <<<"$rules"
exit "$status"
