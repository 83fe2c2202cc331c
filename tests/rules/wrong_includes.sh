#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# wrong_includes.sh SOURCES ROOMS: that each source of core and ui includes headers of its own room and
# of those that its room links, which ROOMS lists. It finds what no linker can: headers used for their
# types and inline functions only.
set -euo pipefail
sources=$1
rooms=$2

# The folder of each room, and what may be included from the folders below it.
declare -A room_of allowed
for list in "$rooms"/*; do
    read -r folder _ <"$list"
    room_of[$folder]=${list##*/}
    allowed[${list##*/}]=" $(sed 's/ .*//' "$list" | tr '\n' ' ')"
done
folder= # set by locate: the innermost room's folder that a file lies in
locate() {
    folder=${1%/*}
    while [ -n "$folder" ] && [ -z "${room_of[$folder]:-}" ]; do
        folder=${folder%/*}
    done
}

status=0
while IFS=: read -r file line include; do
    include=${include#*\"}
    include=${include%%\"*}
    locate "$file"
    room=${room_of[$folder]:-}
    [ -n "$room" ] || continue
    case $include in
    ui/* | app/*) header=$sources/$include ;;
    *) header=$sources/core/$include ;;
    esac
    if [ ! -f "$header" ]; then
        # Made by the build from a file of its room, or by a path that is relative to the source.
        [[ $include == */*.pb.h && -d ${header%/*} ]] && continue
        printf '%s:%s: "%s" is not a path from core/ or the project\n' "${file#"$sources"/}" "$line" "$include"
        status=1
        continue
    fi
    locate "$header"
    if [[ ${allowed[$room]} != *" $folder "* ]]; then
        printf '%s:%s: room %s does not link what "%s" is of\n' "${file#"$sources"/}" "$line" "$room" "$include"
        status=1
    fi
done < <(grep -rnE '^ *# *include "' "$sources/core" "$sources/ui" --include='*.h' --include='*.cpp')
exit "$status"
