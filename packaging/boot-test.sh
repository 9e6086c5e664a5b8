#!/bin/sh
# Boots a Debian in systemd-nspawn with the unit of ../systemd and a binary, and looks whether the
# service is what the unit promises.
#
# boot-test.sh BIN
#
# Exits with 0 when all holds, 1 when something does not, 77 when it cannot run here.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/testbed.sh"

binary=${1:?which binary? boot-test.sh target/release/knipsel}
[ -x "$binary" ] || { echo "$binary is no program"; exit 2; }
needs
make_base
make_root

install -D -m 755 "$binary" "$root/usr/bin/knipsel"
install -D -m 644 -t "$root/etc/systemd/system" "$here"/../systemd/knipsel*.service \
    "$here"/../systemd/knipsel*.timer "$here"/../systemd/knipsel*.socket
mkdir -p "$root/etc/knipsel"
settings >"$root/etc/knipsel/knipsel.toml"
# The pages of one feed are read.
feed_list 30 | sed '0,/^fulltext/{/^fulltext/d}' >"$root/etc/knipsel/feeds.toml"
# The unit as it is; only its two minutes are too long to wait for.
mkdir -p "$root/etc/systemd/system/knipsel.service.d"
printf '[Service]\nWatchdogSec=10s\nRestartSec=2s\n' \
    >"$root/etc/systemd/system/knipsel.service.d/test.conf"

start_press
boot
echo "booted $(inside systemctl --version | head -n 1)"

status_says() { property StatusText | grep -q "$1" || { property StatusText; return 1; }; }
journal_says() { inside journalctl --no-pager -u knipsel | grep -q "$1"; }
has_more_than() { now=$(n_articles) && [ "${now:-0}" -gt "$1" ]; }
main_pid() { property MainPID; }
signal() { inside systemctl kill --kill-who=main --signal="$1" knipsel; }
is_another() { now=$(main_pid) && [ "$now" != 0 ] && [ "$now" != "$1" ] && is "$(property ActiveState)" active; }
verified() { inside knipsel --archive /var/lib/knipsel verify; }

is_ready_at_once() {
    inside systemctl enable --now knipsel && is "$(property ActiveState)/$(property SubState)" active/running
}
check "start returns when the service is ready" is_ready_at_once
check "its status counts the feeds" within 10 status_says '30 feeds'
check "it polls the press" within 60 has_more_than 500
has_a_user() {
    # systemd gives a DynamicUser one of these numbers.
    uid=$(inside stat -c %u "/proc/$(main_pid)")
    [ "$uid" -ge 61184 ] && [ "$uid" -le 65519 ] || { echo "its user is $uid"; return 1; }
}
check "it has a user of its own" has_a_user
exposure() {
    inside systemd-analyze security --no-pager knipsel | tail -n 1
    inside systemd-analyze security --no-pager --threshold=12 knipsel >/dev/null
}
check "its exposure is at most 1.2" exposure
grep -o 'Overall.*' "$work/said"
fields() { inside journalctl --no-pager -o json -u knipsel KNIPSEL_OUTCOME=fresh | grep -q '"KNIPSEL_FEED_NAME":"sluis-'; }
reads_pages() {
    n_read=$(sql "SELECT count(*) FROM page_fetches WHERE outcome = 'read'") && [ "${n_read:-0}" -gt 0 ]
}
check "it reads pages, in a process of its own, in the sandbox" within 60 reads_pages
check "the journal has the fields of a poll" fields

feed_list 31 >"$root/etc/knipsel/feeds.toml"
check "reload with a good feed list" inside systemctl reload knipsel
check "the new feed is taken up" within 20 status_says '31 feeds'
printf '\n[[feed]\nname = 1\n' >>"$root/etc/knipsel/feeds.toml"
printf '[poll]\nfloor = "soon"\n' >"$root/etc/knipsel/knipsel.toml"
inside systemctl reload knipsel >/dev/null 2>&1
check "reload with a bad one is told in the journal" within 20 journal_says 'not reloaded'
still_polls() { is "$(property ActiveState)" active && within 60 has_more_than "$(n_articles)"; }
check "and it goes on with the last good one" still_polls
settings >"$root/etc/knipsel/knipsel.toml"
feed_list 31 >"$root/etc/knipsel/feeds.toml"
inside systemctl reload knipsel

pid=$(main_pid) stored=$(n_articles)
check "stop it with SIGSTOP" signal STOP
check "the watchdog restarts it" within 90 is_another "$pid"
check "systemd says it was the watchdog" journal_says 'Watchdog timeout'
check "what was stored is there" within 20 has_more_than $((stored - 1))

pid=$(main_pid) stored=$(n_articles)
check "kill it with SIGKILL" signal KILL
check "it is restarted" within 60 is_another "$pid"
check "what was stored is there and more comes" within 60 has_more_than "$stored"
check "the archive is whole" verified

feed_list 200 >"$root/etc/knipsel/feeds.toml"
inside systemctl reload knipsel
check "load: 200 feeds, each due every second" within 60 status_says '200 feeds'
sleep 5
began=$(date +%s)
check "stop under load" inside systemctl stop knipsel
took=$(($(date +%s) - began))
ended_well() {
    is "$(property Result)" success && is "$(property ExecMainStatus)" 0 && is "$(property ExecMainCode)" 1
}
check "it ends by itself, with 0 (took $took s)" ended_well
check "the archive is whole after it" verified
stored=$(n_articles)
doubled() { is "$(sql 'SELECT count(*) - count(DISTINCT url) FROM articles')" 0; }
check "nothing is there twice (of $stored)" doubled

halt
boot
check "after a reboot it runs by itself" within 60 is_another 1
check "all $stored articles are there and more come" within 60 has_more_than "$stored"

feed_list 7 >"$root/etc/knipsel/feeds.toml"
chmod 600 "$root/etc/knipsel/feeds.toml"
cat >"$root/etc/systemd/system/knipsel.service.d/secret.conf" <<CONF
[Service]
LoadCredential=feeds.toml:/etc/knipsel/feeds.toml
Environment=KNIPSEL_FEEDS=%d/feeds.toml
CONF
inside systemctl daemon-reload
check "a list of root's alone comes as a credential" inside systemctl restart knipsel
check "and is polled" within 20 status_says '7 feeds'
rm "$root/etc/systemd/system/knipsel.service.d/secret.conf"
chmod 644 "$root/etc/knipsel/feeds.toml"

inside systemctl daemon-reload
inside systemctl stop knipsel
stored=$(n_articles)
# Until the press has something new.
sleep 6
check "one round by knipsel-poll.service" inside systemctl start knipsel-poll.service
check "brings more than $stored" has_more_than "$stored"
inside systemctl start knipsel
check "starting the timer" inside systemctl start knipsel-poll.timer
is_stopped() { is "$(property ActiveState)" inactive; }
check "stops the daemon" within 20 is_stopped

inside systemctl stop knipsel-poll.timer knipsel.service
check "systemd opens the port for health and counts" inside systemctl start knipsel-monitor.socket
is_healthy() { inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/8651; printf "GET /healthz HTTP/1.0\r\n\r\n" >&3; cat <&3' | grep -q '^ok$'; }
check "a call starts the daemon and is answered" within 30 is_healthy
check "the daemon runs" is "$(property ActiveState)" active
check "a restart of the daemon" inside systemctl restart knipsel
check "leaves the port open" is_healthy
inside systemctl stop knipsel-monitor.socket

# Installed by the program itself, from where the sandbox cannot see it.
check "knipsel service uninstall" inside knipsel service uninstall
is_uninstalled() { ! inside systemctl cat knipsel.service && [ -e "$root/var/lib/knipsel/archive.db" ]; }
check "removes the units and keeps the archive" is_uninstalled
mv "$root/usr/bin/knipsel" "$root/root/knipsel"
check "knipsel service install" inside /root/knipsel service install --backup
runs_from_local() { is "$(property ActiveState)" active && property ExecStart | grep -q /usr/local/bin/knipsel; }
check "copies the program and starts it" runs_from_local
tells() { inside knipsel service status | grep -q 'active (running)' && inside systemctl is-enabled knipsel-backup.timer; }
check "knipsel service status tells" tells

inside useradd --create-home jo
jo=$(inside id -u jo)
inside systemctl start "user@$jo"
as_jo() { inside runuser -u jo -- env HOME=/home/jo XDG_RUNTIME_DIR="/run/user/$jo" "$@"; }
mkdir -p "$root/home/jo/.config/knipsel"
settings >"$root/home/jo/.config/knipsel/knipsel.toml"
feed_list 3 >"$root/home/jo/.config/knipsel/feeds.toml"
inside chown -R jo: /home/jo
check "knipsel service install --user" as_jo knipsel service install --user
of_jo() { as_jo knipsel search brugwachter --limit 1; }
check "polls for this user alone" within 60 of_jo
check "knipsel service uninstall --user" as_jo knipsel service uninstall --user
finish
