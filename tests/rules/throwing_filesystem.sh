#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# throwing_filesystem.sh SOURCES BINARIES: no code outside the tests may call what of std::filesystem
# throws: on a full, broken or unreadable disk that would end the whole program from any thread. The
# forms that take a std::error_code are right; so are entriesOf(), absolutePath() and TemporaryFolder.
# It asks the linker's tables, which see through `using`, members and range-for, and then says where.
set -euo pipefail
sources=$1
binaries=$2

# "room/source.cpp<tab>function" for each use of a throwing form; programs have their main() only.
uses=$(find "$binaries/core" "$binaries/ui" "$binaries/app" \( -name 'lib*.a' -o -name main.cpp.o \) -print0 |
    xargs -0 -r nm -A -u -C |
    sed -nE "s#^$binaries/([^:]*)/(lib[^/]*\.a:|CMakeFiles/[^:]*/)([^:]*)\.o: *U (std::filesystem::.*)#\1/\3\t\4#p" |
    grep -vE 'error_code&|::path::|::operator\*|directory_iterator::(directory_iterator|~)|_error' || true)
# A folder opened without an error code has the same entry as one opened with it.
opened=$(grep -rnE 'directory_iterator\([^)]' "$sources"/core "$sources"/ui "$sources"/app \
    --include='*.cpp' --include='*.h' | grep -v 'error' || true)

status=0
if [ -n "$opened" ]; then
    printf '%s   <- opens a folder without an error code\n' "$opened"
    status=1
fi
while IFS=$'\t' read -r object function; do
    [ -n "$object" ] || continue
    status=1
    file=${object##*/}
    name=${function#std::filesystem::}
    name=${name%%[(\[]*}
    handled='(error|ignored)\)'
    case $name in
    status) pattern='(exists|is_[a-z_]+|status)\(' ;;
    *directory_iterator*) pattern='directory_iterator' handled= ;;
    *) pattern="\\b${name##*::}(_if)?\\(" ;;
    esac
    where=$(grep -rnE "$pattern" "$sources"/core "$sources"/ui "$sources"/app --include="$file" |
        grep -vE "${handled:-^$}" || true)
    while IFS= read -r line; do
        printf '%s   <- may be %s\n' "${line#"$sources"/}" "$function"
    done <<<"${where:-$object: somewhere in it}"
done <<<"$uses"
[ "$status" -eq 0 ] || printf 'error: these calls throw; use the forms with a std::error_code\n'
exit "$status"
