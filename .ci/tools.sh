# shellcheck shell=bash
# Sourced by run, test and .ci/run: what all three need to know about the machine.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }

missing() {
    say "$*"
    exit 1
}

# Makes `dotnet` mean one with a .NET 10 SDK. Installers leave it in different places, some of them not on PATH.
find_dotnet() {
    local folder
    if has_sdk dotnet; then return; fi
    for folder in "${DOTNET_ROOT:-}" "${HOME:-}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
        if has_sdk "$folder/dotnet"; then
            export DOTNET_ROOT="$folder" PATH="$folder:$PATH"
            return
        fi
    done
    missing "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0 (Ubuntu: apt-get install dotnet-sdk-10.0)."
}

has_sdk() { "$1" --list-sdks 2>/dev/null | grep -q '^10\.'; }

# Whether initdb and postgres, 15 or newer, are where the program looks for them.
has_postgres() {
    local folder version
    local IFS=:
    for folder in $PATH /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] || continue
        version=$("$folder/postgres" --version 2>/dev/null | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
        if [ "${version:-0}" -ge 15 ]; then return; fi
    done
    return 1
}

# Whether npm and a Node.js of at least the given version are there.
has_node() {
    command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge "$1" ]
}

# Runs a command and shows what it said only if it fails.
quietly() {
    local output
    if output=$("$@" 2>&1 </dev/null); then return; fi
    printf '%s\n' "$output" >&2
    return 1
}
