#!/bin/sh
# Installs a .deb in a clean Debian that runs in systemd-nspawn, uses it as people do, and removes it.
#
# deb-test.sh DEB
#
# Exits with 0 when all holds, 1 when something does not, 77 when it cannot run here.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/testbed.sh"

deb=${1:?which package? deb-test.sh target/dist/knipsel_….deb}
[ -f "$deb" ] || { echo "there is no $deb"; exit 2; }
needs
make_base
make_root
cp "$deb" "$root/root/knipsel.deb"
start_press
boot
echo "booted $(inside sed -n 's/^PRETTY_NAME=//p' /etc/os-release)"

is_there() { for file in "$@"; do [ -e "$root$file" ] || { echo "no $file"; return 1; }; done; }
is_gone() { for file in "$@"; do [ ! -e "$root$file" ] || { echo "$file is there"; return 1; }; done; }
has_articles() { now=$(n_articles) && [ "${now:-0}" -gt 0 ]; }
as_jo() { inside runuser -u jo -- env HOME=/home/jo "$@"; }

check "dpkg installs it, and needs nothing from elsewhere" \
    inside env DEBIAN_FRONTEND=noninteractive dpkg --install /root/knipsel.deb
check "the service is enabled" inside systemctl is-enabled knipsel
check "and active" within 20 inside systemctl is-active knipsel
check "backup, timer and socket wait to be asked for" \
    is "$(inside systemctl is-enabled knipsel-backup.timer knipsel-poll.timer knipsel-monitor.socket |
        tr '\n' ' ')" \
    "disabled disabled disabled "
check "units, pages, completions and settings are in their places" is_there \
    /usr/bin/knipsel /usr/share/man/man1/knipsel.1.gz /usr/share/man/man1/knipsel-feed-add.1.gz \
    /usr/share/bash-completion/completions/knipsel /usr/share/zsh/vendor-completions/_knipsel \
    /usr/share/fish/vendor_completions.d/knipsel.fish /etc/knipsel/knipsel.toml
conffile() { inside dpkg-query -W -f '${Conffiles}' knipsel | grep -q /etc/knipsel/knipsel.toml; }
check "the settings are a conffile" conffile
belongs_to() { is "$(inside stat -c %U /var/lib/knipsel/archive.db)" knipsel; }
check "the archive belongs to the user knipsel" within 20 belongs_to
exposure() { inside systemd-analyze security --no-pager --threshold=12 knipsel; }
check "its exposure is at most 1.2" exposure
tail -n 1 "$work/said"

# The owner's list, written and taken up while it runs.
settings >"$root/etc/knipsel/knipsel.toml"
feed_list 5 >"$root/etc/knipsel/feeds.toml"
check "it polls a press on loopback" within 60 has_articles

inside useradd --create-home jo
found() { as_jo knipsel --archive /var/lib/knipsel search brugwachter --limit 3 | grep 'Brugwachter [0-4] telt schip'; }
check "an ordinary user finds articles" within 20 found
tail -n 1 "$work/said"
check "and sees how the feeds are doing" as_jo knipsel --archive /var/lib/knipsel status
writes() { ! as_jo sh -c 'echo x >>/var/lib/knipsel/archive.db || rm -f /var/lib/knipsel/archive.db'; }
check "and can change nothing" writes
check "knipsel service status tells" inside knipsel service status
check "knipsel service install leaves it to the package" \
    is "$(inside knipsel service install 2>&1 | head -n 1)" \
    "knipsel: a package has installed the service already"
inside systemctl start knipsel-backup
backup() { ls "$root"/var/lib/knipsel-backup/*.zst; }
check "a backup is made" backup
inside systemctl stop knipsel
check "an ordinary user finds articles while nothing runs" found
inside systemctl start knipsel

stored=$(n_articles)
check "installed again, it goes on" inside dpkg --install /root/knipsel.deb
kept() { [ "$(n_articles)" -ge "$stored" ] && inside systemctl is-active knipsel; }
check "with all $stored articles, and changed settings as they were" within 20 kept
check "the owner's settings are untouched" grep -q allow_hosts "$root/etc/knipsel/knipsel.toml"

check "removed" inside dpkg --remove knipsel
check "program and units are gone" is_gone /usr/bin/knipsel /usr/lib/systemd/system/knipsel.service \
    /lib/systemd/system/knipsel.service
stopped() { ! inside pgrep -x knipsel 2>/dev/null && ! inside systemctl is-active knipsel; }
check "it runs no more" stopped
check "settings, feed list and archive are there" is_there /etc/knipsel/knipsel.toml \
    /etc/knipsel/feeds.toml /var/lib/knipsel/archive.db

check "purged" inside dpkg --purge knipsel
check "settings and feed list are gone" is_gone /etc/knipsel
check "and what can be made again" is_gone /var/lib/knipsel/index /var/lib/knipsel/lock
check "the archive and its backup stay, for their owner to delete" is_there \
    /var/lib/knipsel/archive.db /var/lib/knipsel-backup
unknown() { ! inside dpkg-query -W knipsel; }
check "dpkg knows it no more" unknown
no_traces() {
    found=$(inside find /etc /usr /lib/systemd -name '*knipsel*' ! -path '*/doc/*')
    is "$found" ""
}
check "nothing of it is left in /etc and /usr" no_traces
check "no unit failed in all this" is "$(inside systemctl --failed --no-legend --plain)" ""
finish
