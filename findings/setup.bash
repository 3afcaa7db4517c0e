#!/usr/bin/env bash
# Sourced by the scripts of this folder: a temporary folder with pinned packages in it, servers that
# end with the script, and the verdict.
set -euo pipefail

folder=$(mktemp -d)
chmod 755 "$folder"
root=$folder/root
mkdir "$root"
servers=()
differences=0

clean_up() {
    if [[ ${#servers[@]} -gt 0 ]]; then
        kill "${servers[@]}" 2>/dev/null || true
        wait "${servers[@]}" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

unavailable() {
    printf 'not available, needs %s\n' "$*" >&2
    exit 77
}

# Sees that programs are there which the scripts do not bring along.
need() {
    local name
    for name in "$@"; do
        command -v "$name" >"$folder/command" || unavailable "$name"
    done
}

# Unpacks packages of Debian 12, each NAME=VERSION, into $root.
debian() {
    need apt-get dpkg ldd
    mkdir "$folder/packages"
    # apt warns that its own user cannot write here, and means no harm.
    (cd "$folder/packages" && apt-get -qq download "$@") >"$folder/apt" 2>&1 ||
        unavailable "packages of Debian 12: $* ($(tail -n 1 "$folder/apt"))"
    local package
    for package in "$folder"/packages/*.deb; do
        dpkg -x "$package" "$root"
    done
    local paths=("$root"/usr/lib/*-linux-gnu "$root"/usr/lib/varnish "$root"/lib/*-linux-gnu)
    libraries=$(IFS=: && printf '%s' "${paths[*]}")
}

# Runs a program of a package with the libraries of the packages.
unpacked() {
    local missing
    missing=$(LD_LIBRARY_PATH=$libraries ldd "$root$1" | awk '/not found/ { print $1 }')
    [[ -z $missing ]] || unavailable "${missing//$'\n'/ }"
    LD_LIBRARY_PATH=$libraries "$root$1" "${@:2}"
}

# Makes an environment of Python with packages, each NAME==VERSION, in $folder/python. Those that
# have no wheels are named in $without_wheels, with commas between them.
without_wheels=
python_packages() {
    need python3
    python3 -m venv "$folder/python" >"$folder/pip" 2>&1 || unavailable "Python's module venv"
    "$folder/python/bin/pip" install --quiet --only-binary :all: \
        ${without_wheels:+--no-binary "$without_wheels"} "$@" >"$folder/pip" 2>&1 ||
        unavailable "$* for this Python ($(tail -n 1 "$folder/pip"))"
}

# Prints a port of the loopback interface that nobody listens on.
free_port() {
    need python3
    python3 -c 'import socket
with socket.create_server(("127.0.0.1", 0)) as server: print(server.getsockname()[1])'
}

# Starts a server with the libraries of the packages, and waits until it listens on a port, 0 for
# none. What it prints is in $folder/server.
serve() {
    local port=$1
    env LD_LIBRARY_PATH="${libraries:-}" "${@:2}" >"$folder/server" 2>&1 &
    servers+=($!)
    [[ $port != 0 ]] || return 0
    for _ in {1..100}; do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>"$folder/connect"; then
            return
        fi
        sleep 0.1
    done
    cat "$folder/server" >&2
    unavailable "a server that can listen on port $port"
}

# Sends a request to a port, with `\r\n` after each line given and an empty line after all, and
# prints what is answered.
ask() {
    local port=$1
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    {
        printf '%s\r\n' "${@:2}" 'Connection: close' ''
    } >&3
    cat <&3
    exec 3>&-
}

# Waits until a file has a number of lines.
wait_for_lines() {
    for _ in {1..100}; do
        [[ -f $1 && $(wc -l <"$1") -lt $2 ]] || return 0
        sleep 0.1
    done
}

repeat() {
    printf '%*s' "$2" '' | tr ' ' "$1"
}

# Prints what is seen, and whether it is what this folder says.
expect() {
    local what=$1 seen=$2 described=$3
    if [[ $seen == "$described" ]]; then
        printf '%s: %s\n' "$what" "$seen"
    else
        printf '%s: %s (DIFFERS, described is: %s)\n' "$what" "$seen" "$described"
        differences=$((differences + 1))
    fi
}

verdict() {
    if [[ $differences == 0 ]]; then
        echo 'as described'
    else
        echo 'changed'
        exit 1
    fi
}
