# Finds a Python that can run Nhịp Cầu. To be sourced: `python=$(find_python) || exit 1`.
#
# A name on the PATH proves nothing: a version manager leaves a `python3.13` there that only says
# that it is not active, and a Debian python3 without its venv package can't make an environment.
# So every candidate is run and asked.

# Reads true in an interpreter that is new enough, has the GIL that our wheels are built for, and
# can make an environment with pip in it.
_PYTHON_FITS='import sys, sysconfig, venv, ensurepip
free_threaded = sysconfig.get_config_var("Py_GIL_DISABLED")
sys.exit(not ((3, 12) <= sys.version_info < (4,) and not free_threaded))'

_python_fits() {
    "$1" -I -c "$_PYTHON_FITS" </dev/null >/dev/null 2>&1
}

# Prints the folders in which pyenv may keep its versions, most certain first. HOME may be empty,
# then the folder is the one that the pyenv on the PATH, or its shims, belong to.
_pyenv_folders() {
    local entry pyenv entries
    [ -n "${PYENV_ROOT:-}" ] && printf '%s\n' "$PYENV_ROOT/versions"
    [ -n "${HOME:-}" ] && printf '%s\n' "$HOME/.pyenv/versions"
    IFS=: read -r -a entries <<<"$PATH"
    for entry in "${entries[@]}"; do
        case $entry in
        */shims) printf '%s\n' "${entry%/shims}/versions" ;;
        */bin) [ -x "$entry/pyenv" ] && printf '%s\n' "${entry%/bin}/versions" ;;
        esac
    done
    if pyenv=$(command -v pyenv) && pyenv=$("$pyenv" root 2>/dev/null); then
        printf '%s\n' "$pyenv/versions"
    fi
}

# Prints the path of the first interpreter that fits; the versions that all wheels exist for come
# first. Returns 1, with one line on standard error, where there is none.
find_python() {
    local name path folder version
    for name in python3.14 python3.13 python3.12 python3; do
        path=$(command -v "$name") || continue
        if _python_fits "$path"; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    while IFS= read -r folder; do
        for version in 3.14 3.13 3.12; do
            for path in "$folder/$version"/bin/python3 "$folder/$version".*/bin/python3; do
                if [ -x "$path" ] && _python_fits "$path"; then
                    printf '%s\n' "$path"
                    return 0
                fi
            done
        done
    done < <(_pyenv_folders)
    printf '%s\n' 'nhipcau: no Python 3.12 or newer with venv found; install one, on Debian 13 or Ubuntu 24.04: apt-get install python3 python3-venv' >&2
    return 1
}
