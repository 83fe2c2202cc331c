// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/HelperScript.h"

namespace millrace::deploy
{

// POSIX sh and what busybox has; every name is data in "$@", nothing is evaluated.
const ssh::Script kHelper(R"sh(
action=$1; root=$2; shift 2
case $root in /*) ;; *) root=$HOME/$root ;; esac
die() { printf '%s\n' "$2" >&2; exit "$1"; }
pause() { sleep 0.1 2>/dev/null || sleep 1; }
# When the process with this number was started, for numbers are used again; nothing: it is gone.
born() {
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    set -- ${stat##*) }
    case $1 in
    Z|X) ;;
    *) shift 19; printf '%s' "$1" ;;
    esac
}
# Processes that run a program that lies in this folder; one that only reads there is somebody
# else's.
pids() {
    real=$(cd -P -- "$1" 2>/dev/null && pwd -P) || return 0
    QUOTING_STYLE=literal ls -l /proc/[0-9]*/exe 2>/dev/null | grep -F "/exe -> $real/" |
        sed 's|.* /proc/\([0-9]*\)/exe -> .*|\1|'
}
manager() {
    command -v systemd-run >/dev/null 2>&1 || return 1
    XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}; export XDG_RUNTIME_DIR
    case $(systemctl --user is-system-running 2>/dev/null) in
    running|degraded|starting) ;;
    *) return 1 ;;
    esac
}
# Without lingering, the manager ends with the last session, and so with this connection.
stays() {
    manager && [ "$(loginctl show-user "$(id -un)" -p Linger --value 2>/dev/null)" = yes ]
}
end_all() { # processes of release $1, or of its node $2
    if manager; then systemctl --user stop "millrace-$1-${2:-*}.service" >/dev/null 2>&1; fi
    n=0
    while p=$(pids "$root/releases/$1${2:+/$2}") && [ -n "$p" ]; do
        [ "$n" -ne 0 ] || kill $p 2>/dev/null
        [ "$n" -lt 40 ] || kill -9 $p 2>/dev/null
        [ "$n" -lt 80 ] || die 21 "processes that cannot be ended: $(echo $p)"
        n=$((n + 1)); pause
    done
}
remove() {
    end_all "$1"
    rm -rf -- "$root/releases/$1" || die 21 "cannot remove $root/releases/$1"
    find "$root/blobs" -type f -links 1 -exec rm -f {} + 2>/dev/null
    rmdir "$root/releases" "$root/blobs" 2>/dev/null
    return 0
}
note_unit() { # of node $2 of release $1: its unit's process, if there is one
    pid=$(systemctl --user show -p MainPID --value "millrace-$1-$2") && [ "${pid:-0}" -gt 0 ] &&
        printf '%s %s\n' "$pid" "$(born "$pid")" > "$root/releases/$1/$2/supervisor.pid"
}
watcher() { # of node $2 of release $1: "PID START" when it lives
    file=$root/releases/$1/$2/supervisor.pid
    read -r pid start < "$file" 2>/dev/null || return 1
    if [ -z "$start" ] || [ "$(born "$pid")" != "$start" ]; then
        manager && note_unit "$1" "$2" || return 1 # which the manager has started again
    fi
    cat "$file"
}
case $action in
facts)
    d=$root
    while [ ! -d "$d" ]; do d=$(dirname -- "$d"); done
    printf '%s=%s\n' system "$(uname -s)" architecture "$(uname -m)" folder "$root" \
        libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)" cores "$(getconf _NPROCESSORS_ONLN)" \
        disk_free_kib "$(df -Pk -- "$d" | awk 'NR == 2 { print $4 }')" clock "$(date +%s)" \
        writable "$([ -w "$d" ] && echo yes || echo no)" parent "$d"
    sed -n 's/^MemTotal: *\([0-9]*\) kB/memory_kib=\1/p
            s/^MemAvailable: *\([0-9]*\) kB/memory_free_kib=\1/p' /proc/meminfo
    if stays; then echo services=systemd; else echo services=process; fi
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk '$4 == "0A" { sub(/.*:/, "", $2); print "listens=" $2 }'
    ;;
lock)
    mkdir -p -- "$root" 2>/dev/null && chmod 700 "$root" || die 21 "cannot make the folder $root"
    own=$root/lock.$$
    # This script's parent lives as long as the connection.
    printf '%s\n' "$1" "$PPID $(born "$PPID")" "$2" > "$own" || die 21 "cannot write into $root"
    trap 'rm -f -- "$own"' EXIT
    n=0
    until ln -- "$own" "$root/lock" 2>/dev/null; do
        n=$((n + 1)); [ "$n" -lt 20 ] || die 21 "cannot make $root/lock"
        token=; pid=; start=; who=
        { read -r token; read -r pid start; read -r who; } < "$root/lock" 2>/dev/null
        [ "$token" != "$1" ] || exit 0
        [ -z "$start" ] || [ "$(born "$pid")" != "$start" ] ||
            die 31 "held by $who; its connection is process $pid there"
        # Its holder is gone. Only who moves this very lock away may take its place.
        mv -- "$root/lock" "$own.stale" 2>/dev/null || continue
        read -r found < "$own.stale"
        [ "$found" = "$token" ] || ln -- "$own.stale" "$root/lock" 2>/dev/null
        rm -f -- "$own.stale"
    done
    ;;
unlock)
    read -r token < "$root/lock" 2>/dev/null
    [ "$token" != "$1" ] || rm -f -- "$root/lock"
    rmdir -- "$root" 2>/dev/null
    exit 0
    ;;
sweep)
    rm -f -- "$root"/blobs/.*.part
    for folder in "$root"/releases/*; do
        [ -d "$folder" ] || continue
        [ -f "$folder/complete" ] || remove "${folder##*/}"
    done
    for release; do [ ! -d "$root/releases/$release" ] || remove "$release"; done
    ;;
have)
    # openssl, where it is there, uses the processor's instructions; sha256sum does not.
    hash() { openssl dgst -sha256 -r 2>/dev/null | cut -c 1-64; }
    [ "$(hash < /dev/null | cut -c 1-8)" = e3b0c442 ] || hash() { sha256sum | cut -c 1-64; }
    # A full disk or a pulled plug may have cut it off since.
    for blob; do
        [ -f "$root/blobs/$blob" ] && [ "$(hash < "$root/blobs/$blob")" = "$blob" ] &&
            printf '%s\n' "$blob"
    done
    exit 0
    ;;
place)
    folder=$root/releases/$1/$2; shift 2
    mkdir -p -- "$folder" || die 21 "cannot make the folder $folder"
    while [ "$#" -gt 1 ]; do
        ln -f -- "$root/blobs/$2" "$folder/$1" 2>/dev/null ||
            cp -p -- "$root/blobs/$2" "$folder/$1" || die 21 "cannot make $folder/$1"
        shift 2
    done
    ;;
start)
    folder=$root/releases/$1/$2
    [ -f "$folder/config.json" ] || die 32 "$folder is not there any more"
    if w=$(watcher "$1" "$2"); then printf 'pid=%s\nstarted=no\n' "$w"; exit 0; fi
    end_all "$1" "$2" # a runner whose watcher was killed keeps the port for a moment
    LD_LIBRARY_PATH=$folder; export LD_LIBRARY_PATH
    role=${4:+--$4}
    if [ "$5" != process ] && stays; then
        unit=millrace-$1-$2
        systemctl --user reset-failed "$unit" >/dev/null 2>&1
        systemd-run --user --quiet --collect --unit="$unit" -p Restart=on-failure -p RestartSec=1 \
            -p StartLimitIntervalSec=30 -p StartLimitBurst=3 ${3:+-p "MemoryMax=$3"} \
            -p UMask=0077 -p "StandardOutput=append:$folder/node.log" \
            -p "StandardError=append:$folder/node.log" --setenv="LD_LIBRARY_PATH=$folder" \
            -- "$folder/millrace-stage" $role "$folder/config.json" </dev/null >&2 || exit 21
        note_unit "$1" "$2"
    else
        # Nothing else of who deploys: its environment may hold secrets.
        env -i "HOME=$HOME" "PATH=$PATH" ${LANG:+"LANG=$LANG"} ${TMPDIR:+"TMPDIR=$TMPDIR"} \
            ${TZ:+"TZ=$TZ"} "LD_LIBRARY_PATH=$folder" \
            "$folder/millrace-stage" --supervise $role "$folder/config.json" \
            </dev/null >/dev/null || exit 21
    fi
    printf 'pid=%s\nstarted=yes\n' "$(cat "$folder/supervisor.pid")"
    ;;
measure)
    folder=$root/releases/$1/$2
    LD_LIBRARY_PATH=$folder; export LD_LIBRARY_PATH
    exec "$folder/millrace-stage" --measure "$folder/config.json"
    ;;
state)
    release=$1; shift
    for node; do
        if w=$(watcher "$release" "$node"); then printf '%s %s\n' "$node" "$w"; fi
    done
    ;;
tail)
    tail -n 20 "$root/releases/$1/$2/node.log" 2>/dev/null
    exit 0
    ;;
complete)
    : > "$root/releases/$1/complete" || die 21 "cannot write into $root/releases/$1"
    sync "$root/releases/$1"/* "$root/releases/$1" 2>/dev/null || sync
    ;;
stop)
    release=$1; shift
    [ "$#" -ne 0 ] || end_all "$release"
    for node; do end_all "$release" "$node"; done
    ;;
remove)
    remove "$1"
    ;;
*)
    die 21 "no such action: $action"
    ;;
esac
)sh");

} // namespace millrace::deploy
