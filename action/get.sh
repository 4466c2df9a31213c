#!/usr/bin/env bash
# Finds the pychain that this version of the action belongs to and writes its path to the step's output.
# From PYCHAIN_PATH if it is set, else as action/manifest says: from the runner's tool cache, or downloaded; both
# are hashed, and anything unexpected ends the job. While nothing is released, from source.
# Needs bash 3.2, curl, tar, and sha256sum or shasum; cargo only for building.
set -euo pipefail

action="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Ends the job with one annotation. The runner reads a line as a command and undoes these escapes.
fail() {
    local text="$1"
    text=${text//\%/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '::error title=pychain::%s\n' "$text"
    exit 2
}

# Tells the next step which program to run.
found() {
    case "$1" in
        *$'\n'* | *$'\r'*) fail "the path of pychain has a line break in it" ;;
    esac
    printf 'path=%s\n' "$1" >>"$GITHUB_OUTPUT"
    exit 0
}

sha256() {
    local sum
    sum="$("${hasher[@]}" <"$1")"
    printf '%s' "${sum%% *}"
}

# Stops unless a file has the hash that the manifest names.
check() {
    local name="$1" file="$2" wanted="$3" is
    is="$(sha256 "$file")"
    [ "$is" = "$wanted" ] || fail "$name is not what the action's manifest names: its sha256 is $is, expected $wanted. $4"
}

build() {
    command -v cargo >/dev/null || fail "there is no cargo to build pychain with: install Rust, or name a program with \`pychain-path\`"
    # From the action's own folder: cargo obeys the .cargo/config.toml of where it stands, and in the workspace
    # that may be the work of whoever opened the pull request.
    cd "$action"
    local folder="$RUNNER_TEMP/pychain-build"
    # It runs for a second and is built for minutes: build it fast. Another target would be built elsewhere.
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
    unset CARGO_BUILD_TARGET
    cargo build --quiet --locked --release -p pychain --target-dir "$folder" || fail "pychain cannot be built from source; cargo says why in the log"
    found "$folder/release/pychain$suffix"
}

suffix=""
[ "${RUNNER_OS:-}" != Windows ] || suffix=.exe
case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) target="" ;;
esac

if [ -n "${PYCHAIN_PATH:-}" ]; then
    case "$PYCHAIN_PATH" in
        /* | [A-Za-z]:[\\/]*) ;;
        *) fail "\`pychain-path\` must be an absolute path: $PYCHAIN_PATH" ;;
    esac
    [ -f "$PYCHAIN_PATH" ] && [ -x "$PYCHAIN_PATH" ] || fail "\`pychain-path\` is not a program: $PYCHAIN_PATH"
    found "$PYCHAIN_PATH"
fi

version="" base="" file="" archive_sum="" program_sum=""
while read -r key first second third fourth; do
    case "$key" in
        version) version="$first" ;;
        base) base="$first" ;;
        binary) [ "$first" != "$target" ] || { file="$second" archive_sum="$third" program_sum="$fourth"; } ;;
        "" | "#"*) ;;
        *) fail "action/manifest cannot be understood: $key" ;;
    esac
done <"$action/action/manifest"

case "${PYCHAIN_BUILD_FROM_SOURCE:-}" in
    true) build ;;
    false) [ "$version" != none ] || fail "nothing has been released yet: leave \`build-from-source\` empty, or name a program with \`pychain-path\`" ;;
    "")
        if [ "$version" = none ]; then
            echo "Nothing has been released yet: building pychain from source, which takes some minutes."
            build
        fi
        ;;
    *) fail "\`build-from-source\` is \`true\`, \`false\` or empty: $PYCHAIN_BUILD_FROM_SOURCE" ;;
esac

[ -n "$target" ] && [ -n "$file" ] ||
    fail "there is no pychain $version for ${RUNNER_OS:-this system} on ${RUNNER_ARCH:-this processor}: name a program with \`pychain-path\`, or set \`build-from-source: true\`"
if command -v sha256sum >/dev/null; then
    hasher=(sha256sum)
elif command -v shasum >/dev/null; then
    hasher=(shasum -a 256)
else
    fail "neither sha256sum nor shasum is there to check pychain with"
fi

program="pychain$suffix"
folder="${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/pychain/$version/$RUNNER_ARCH"
if [ -f "$folder/$program" ]; then
    check "the program in the tool cache" "$folder/$program" "$program_sum" "Delete $folder and run again."
    found "$folder/$program"
fi

base="${PYCHAIN_DOWNLOAD_BASE:-$base}"
base="${base%/}"
case "$base" in
    http://* | https://*) ;;
    *) fail "\`download-base\` must begin with https:// or http://: $base" ;;
esac
mkdir -p "$folder"
# Beside its place, so that moving it there happens at once or not at all.
scratch="$(mktemp -d "$folder/XXXXXX")"
trap 'rm -rf "$scratch"' EXIT
# tar takes what stands before a colon for a host, as in C:\ on Windows: only names without a folder below.
cd "$scratch"
curl --proto '=https,http' --tlsv1.2 --globoff --fail --silent --show-error --location --retry 3 --connect-timeout 20 \
    --max-time 300 --output archive.tar.gz --url "$base/$file" || fail "pychain cannot be downloaded from $base/$file"
check "$base/$file" archive.tar.gz "$archive_sum" "It was not unpacked."
tar -xzf archive.tar.gz "${file%.tar.gz}/$program" || fail "$base/$file has no $program in it"
check "the program in $base/$file" "${file%.tar.gz}/$program" "$program_sum" "It was not run."
mv -f "${file%.tar.gz}/$program" "$folder/$program"
found "$folder/$program"
