# What the scripts share. Sourced, never run: `. "$(dirname "$0")/lib/common.sh"`.

set -euo pipefail

# The project's root, whatever directory the script was called from.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/.build

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# as_root COMMAND...: run it as root, through sudo when we are not.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root or sudo: $*"
    fi
}

# retry TIMES COMMAND...: a fetch can fail once for no reason of ours. Waits a little longer each time.
retry() {
    local times=$1 try
    shift
    for ((try = 1; try <= times; try++)); do
        if "$@"; then
            return 0
        fi
        if ((try < times)); then
            say "failed ($try of $times), trying again: $*" >&2
            sleep $((try * 3))
        fi
    done
    return 1
}

# need_swift: the one thing that we cannot install.
need_swift() {
    if ! command -v swift >/dev/null && [ -x /opt/swift/usr/bin/swift ]; then
        PATH=$PATH:/opt/swift/usr/bin
    fi
    command -v swift >/dev/null || fail "Swift 6.3 or later must be on PATH (https://www.swift.org/install)"
}
