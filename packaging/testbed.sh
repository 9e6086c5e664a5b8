# A small Debian that boots in systemd-nspawn, for the tests beside this file; they source it.
#
# KNIPSEL_TESTBED   where the Debian is kept between runs (/var/tmp/knipsel-testbed)
# KNIPSEL_SUITE     which one (bookworm)
# KNIPSEL_MIRROR    where it comes from (http://deb.debian.org/debian)

suite=${KNIPSEL_SUITE:-bookworm}
bed=${KNIPSEL_TESTBED:-/var/tmp/knipsel-testbed}
base=$bed/$suite
press_port=${KNIPSEL_PRESS_PORT:-18080}
n_failed=0

# The exit code by which a harness knows a test that could not run.
skip() {
    echo "SKIPPED: $*"
    exit 77
}

needs() {
    [ "$(id -u)" = 0 ] || skip "needs root (it boots a system in a container)"
    for tool in systemd-nspawn debootstrap nsenter python3 "$@"; do
        command -v "$tool" >/dev/null || skip "needs $tool (apt install systemd-container debootstrap)"
    done
}

# Downloads the Debian, once.
make_base() {
    [ -e "$base/.complete" ] && return
    rm -rf "$base"
    mkdir -p "$bed"
    echo "fetching a minimal Debian $suite into $base, once"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,libpam-systemd "$suite" "$base" \
        "${KNIPSEL_MIRROR:-http://deb.debian.org/debian}" >"$bed/debootstrap.log" 2>&1 ||
        skip "debootstrap failed, see $bed/debootstrap.log"
    touch "$base/.complete"
}

# A fresh root of its own over the base: what a test writes is gone with it.
make_root() {
    work=$(mktemp -d "$bed/run.XXXXXX")
    root=$work/root
    mkdir "$root" "$work/upper" "$work/work"
    mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/work" "$root" \
        2>/dev/null || cp -a "$base/." "$root/" || skip "no room for a copy of the root"
    trap clean_up EXIT
}

clean_up() {
    halt
    [ -n "${press_pid:-}" ] && kill "$press_pid" 2>/dev/null
    if mountpoint -q "$root"; then umount -l "$root"; fi
    rm -rf --one-file-system "$work"
}

start_press() {
    python3 "$here/press.py" "$press_port" &
    press_pid=$!
    until curl_press; do sleep 0.2; done
}

curl_press() {
    python3 -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$press_port/feed/0')" \
        2>/dev/null
}

# feed_list N: a feed list with the first N feeds of the press.
feed_list() {
    printf '[[outlet]]\nname = "De Sluisbode"\nlanguage = "nl"\n'
    for n in $(seq 0 $(($1 - 1))); do
        printf '\n[[feed]]\nname = "sluis-%s"\nurl = "http://127.0.0.1:%s/feed/%s"\n' \
            "$n" "$press_port" "$n"
        printf 'outlet = "De Sluisbode"\nfulltext = "off"\n'
    done
}

# Loopback may be reached, and what is due is due at once.
settings() {
    printf '[fetch]\nallow_hosts = ["127.0.0.1"]\nhost_gap = "50ms"\npage_gap = "50ms"\n\n[poll]\nfloor = "1s"\nceiling = "2s"\n'
}

# Boots the root. Its process 1 is `leader`.
boot() {
    # Where process 1 of this machine is no systemd, nobody can be asked for a scope.
    set -- --keep-unit
    [ -d /run/systemd/system ] && set --
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --directory="$root" --boot \
        --machine="knipsel-test-$$" --register=no "$@" --console=pipe --link-journal=no \
        </dev/null >>"$work/console" 2>&1 &
    nspawn=$!
    leader=
    for _ in $(seq 300); do
        kill -0 "$nspawn" 2>/dev/null || break
        leader=$(pgrep -P "$nspawn" | head -n 1)
        state=$([ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null)
        case $state in running | degraded) return ;; esac
        sleep 0.5
    done
    tail -n 20 "$work/console"
    skip "systemd-nspawn cannot boot here (see above)"
}

# Shuts the system down in good order, if it runs.
halt() {
    [ -n "${nspawn:-}" ] || return 0
    # SIGTERM to nspawn asks process 1 to power off.
    kill -TERM "$nspawn" 2>/dev/null
    for _ in $(seq 120); do
        kill -0 "$nspawn" 2>/dev/null || break
        sleep 0.5
    done
    kill -KILL "$nspawn" 2>/dev/null
    wait "$nspawn" 2>/dev/null
    nspawn=
}

# Runs a command in the booted system.
inside() {
    nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root --wd=/ \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb "$@"
}

property() {
    inside systemctl show --value -p "$1" "${2:-knipsel.service}"
}

sql() {
    inside knipsel --archive /var/lib/knipsel sql --format csv "$1" 2>/dev/null | tail -n 1
}

n_articles() {
    sql 'SELECT count(*) FROM articles'
}

# check 'what should hold' command…: runs the command and says whether it held.
check() {
    what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok      $what"
    else
        echo "FAILED  $what"
        tail -n 4 "$work/said" | sed 's/^/        /'
        n_failed=$((n_failed + 1))
    fi
}

# within SECONDS command…: waits until the command succeeds.
within() {
    end=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.3
    done
}

is() {
    [ "$1" = "$2" ] || { echo "it is \`$1\`, not \`$2\`"; return 1; }
}

finish() {
    [ "$n_failed" = 0 ] && echo "all holds" && exit 0
    echo "$n_failed do not hold"
    inside journalctl --no-pager -u knipsel 2>/dev/null | tail -n 30
    exit 1
}
