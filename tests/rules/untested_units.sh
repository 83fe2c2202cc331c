#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# untested_units.sh SOURCES LIMIT: which sources of core, ui and app no unit test is about, and
# whether they are more than LIMIT. A test (tests/**/tst_*.cpp) is about a source when it names the unit
# or includes its header; for a source without a header of its own, the header that it
# implements counts, which it includes first. Programs' main.cpp are run by the integration tests.
set -euo pipefail
cd "$1"
limit=$2

words=$(find tests -name 'tst_*.cpp' -print0 | xargs -0 cat | grep -oE '[A-Za-z0-9_]+' | sort -u)
included=$(find tests -name 'tst_*.cpp' -print0 | xargs -0 sed -n 's/^#include "\(.*\)"$/\1/p' | sort -u)
has() { grep -qxF -- "$2" <<<"$1"; }

untested=()
while IFS= read -r source; do
    unit=${source##*/}
    unit=${unit%.cpp}
    [ "$unit" != main ] || continue
    ! has "$words" "$unit" || continue
    header=${source%.cpp}.h
    if [ -f "$header" ]; then
        header=${header#core/}
    else
        header=$(sed -n 's/^#include "\(.*\)"$/\1/p' "$source" | grep -E "^(${source%/*}|$(dirname "${source#core/}"))/" | head -n 1 || true)
    fi
    has "$included" "${header:-none}" || untested+=("$source")
done < <(find core ui app -name '*.cpp' | sort)

printf '%s\n' "${untested[@]}"
printf '%d sources without a unit test; at most %d may be\n' "${#untested[@]}" "$limit"

[ "${#untested[@]}" -le "$limit" ]
