# Shared by the commands in bin/: sourced, never run. Bash 5 of Debian 12.
# shellcheck shell=bash

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034  # used by the scripts that source this file
run_dir="$root/.run"

# Swift is found where its own installer puts it when the caller's PATH leaves it out (cron, sudo, a bare CI shell).
if ! command -v swift >/dev/null; then
    for place in /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin" /usr/local/swift/usr/bin; do
        if [ -x "$place/swift" ]; then
            PATH="$place:$PATH"
            break
        fi
    done
fi

# One heading per step, so that a log reads as a list.
step() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
complain() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() {
    complain "$*"
    exit 1
}

# Runs a command as root: directly, or through sudo where we are somebody else.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root: $*"
    fi
}

require() {
    local missing=()
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [ ${#missing[@]} -eq 0 ] || die "missing ${missing[*]}; bin/setup installs what this needs"
}

# A TCP port of 127.0.0.1 that nobody listens on at this moment.
free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

port_is_free() {
    python3 -c 'import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind(("127.0.0.1", int(sys.argv[1])))
except OSError:
    sys.exit(1)' "$1"
}

# wait_for_http URL SECONDS [PID]: until the URL answers 200; gives up early when the process is gone.
wait_for_http() {
    local url=$1 seconds=$2 pid=${3:-}
    local deadline=$((SECONDS + seconds))
    until curl --silent --fail --output /dev/null --max-time 2 "$url"; do
        if [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null; then
            return 2
        fi
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.2
    done
}

# is_ours PID NAME: the process lives and runs that program. Guards against a process id that was given away again.
is_ours() {
    [ -n "$1" ] && [ -r "/proc/$1/cmdline" ] && tr '\0' ' ' <"/proc/$1/cmdline" | grep -q -- "$2"
}

# stop_pid PID NAME [SECONDS]: asks, waits, then insists. Quiet when the process is gone already.
stop_pid() {
    local pid=$1 name=$2 seconds=${3:-15}
    is_ours "$pid" "$name" || return 0
    kill -TERM "$pid" 2>/dev/null || return 0
    local deadline=$((SECONDS + seconds))
    while kill -0 "$pid" 2>/dev/null; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            note "$name did not end within ${seconds}s; ending it"
            kill -KILL "$pid" 2>/dev/null || true
            return 0
        fi
        sleep 0.1
    done
}

# Every build of ours: an import that the manifest does not allow is an error, not a surprise in the next clean build.
# shellcheck disable=SC2034
build_options=(--explicit-target-dependency-import-check error)

# provide_servers NAME [--durable]: sets DATABASE_URL, DATABASE_PLATFORM_URL, DATABASE_OWNER_URL and REDIS_URL. What the
# caller's environment gives is used; the rest are private servers of that name, running already or started now.
# `private_servers` is then the name, or empty where all were given.
provide_servers() {
    local given_database=${DATABASE_URL:-} given_platform=${DATABASE_PLATFORM_URL:-}
    local given_owner=${DATABASE_OWNER_URL:-} given_redis=${REDIS_URL:-}
    # shellcheck disable=SC2034
    private_servers=
    if [ -n "$given_database" ]; then
        [ -n "$given_owner" ] && [ -n "$given_platform" ] ||
            die "DATABASE_URL is set, so DATABASE_PLATFORM_URL and DATABASE_OWNER_URL are needed too"
    fi
    if [ -z "$given_database" ] || [ -z "$given_redis" ]; then
        local environment
        environment=$("$root/bin/private-servers" start --name "$@")
        eval "$environment"
        # shellcheck disable=SC2034
        private_servers=$1
    fi
    if [ -n "$given_database" ]; then
        export DATABASE_URL=$given_database DATABASE_PLATFORM_URL=$given_platform DATABASE_OWNER_URL=$given_owner
    fi
    if [ -n "$given_redis" ]; then
        export REDIS_URL=$given_redis
    fi
}
