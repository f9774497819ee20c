# Sourced by `hallway` and `check`, which set $home to the checkout: makes .venv ready, or exits 1
# with a sentence. What is ready costs one `cmp` and starts no Python.
# shellcheck shell=sh

PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH

# ready LOCK: is what LOCK lists in .venv? Its copy there is written last of all.
ready() {
    [ -x "$home/.venv/bin/python" ] && cmp -s "$home/$1" "$home/.venv/$1" 2>/dev/null
}

# set_up LOCK: makes it so.
set_up() {
    ready "$1" && return 0
    find_python
    "$python" -I "$home/scripts/setup.py" "$1" || exit 1
}

# find_python: the first Python that will do, as $python.
find_python() {
    old='' lame=''
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3,))' 2>/dev/null || continue
        if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            old=${old:-$python}
        elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            lame=${lame:-$python}
        else
            return 0
        fi
    done
    if [ -n "$lame" ]; then
        give_up "Hallway needs Python's venv module, which this system keeps apart:" \
            "on Debian, Ubuntu or Raspberry Pi OS run \`sudo apt install $lame-venv\`, then this again."
    elif [ -n "$old" ]; then
        version=$("$old" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        give_up "Hallway needs Python 3.11 or newer and found only $version:" \
            "install a newer one (Debian 12 and Raspberry Pi OS of 2023 have it), then run this again."
    else
        give_up "Hallway needs Python 3.11 or newer and found none:" \
            "on Debian, Ubuntu or Raspberry Pi OS run \`sudo apt install python3 python3-venv\`, then this again."
    fi
}

give_up() {
    printf '%s\n' "$*" >&2
    exit 1
}
