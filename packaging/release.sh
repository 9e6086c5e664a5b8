#!/bin/sh
# Builds what is published: binary, pages, completions, archive, .deb, check sums; all in target/dist.
#
# release.sh                                    for this machine
# release.sh --target x86_64-unknown-linux-musl a static binary (rustup target add …, musl-tools)
# release.sh --binary FILE                      packages a binary that is there already
#
# Meant to give the same bytes for the same commit, compiler and C compiler. Needs cargo-deb for the .deb
# (`cargo install cargo-deb --locked`; CARGO_DEB names another), and makes none without it.
set -eu
cd "$(dirname "$0")/.."

target=$(rustc -vV | sed -n 's/^host: //p')
binary=
while [ $# -gt 0 ]; do
    case $1 in
    --target) target=$2 && shift 2 ;;
    --binary) binary=$2 && shift 2 ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
done

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
# Of the last commit, so that nothing depends on when and where it is built.
if commit=$(git rev-parse --short=9 HEAD 2>/dev/null); then
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
    [ -z "$(git status --porcelain --untracked-files=no)" ] || commit=$commit-changed
    KNIPSEL_VERSION="$version ($commit $(date -u -d "@$SOURCE_DATE_EPOCH" +%F))"
else
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0}
    KNIPSEL_VERSION=$version
fi
export SOURCE_DATE_EPOCH KNIPSEL_VERSION
umask 022

if [ -z "$binary" ]; then
    home=${CARGO_HOME:-$HOME/.cargo}
    paths="--remap-path-prefix=$PWD=/knipsel --remap-path-prefix=$home=/cargo"
    RUSTFLAGS="${RUSTFLAGS:-} $paths" \
        CFLAGS="${CFLAGS:-} -ffile-prefix-map=$PWD=/knipsel -ffile-prefix-map=$home=/cargo" \
        CARGO_PROFILE_RELEASE_STRIP=symbols \
        cargo build --release --locked --target "$target"
    binary=${CARGO_TARGET_DIR:-target}/$target/release/knipsel
fi

dist=target/dist
rm -rf "$dist"
mkdir -p "$dist/completions"
install -m 755 "$binary" "$dist/knipsel"
"$dist/knipsel" man --out "$dist/man"
"$dist/knipsel" completions bash >"$dist/completions/knipsel.bash"
"$dist/knipsel" completions zsh >"$dist/completions/_knipsel"
"$dist/knipsel" completions fish >"$dist/completions/knipsel.fish"

name=knipsel-$version-$target
mkdir "$dist/$name"
cp -r "$dist/knipsel" "$dist/man" "$dist/completions" systemd docs README.md CHANGELOG.md LICENSE \
    "$dist/$name/"
tar --create --directory "$dist" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 \
    --numeric-owner --mode='u+w,go-w' "$name" | gzip -9n >"$dist/$name.tar.gz"
rm -r "${dist:?}/$name"

cargo_deb=${CARGO_DEB:-cargo-deb}
if command -v "$cargo_deb" >/dev/null; then
    "$cargo_deb" --no-build --no-strip --output "$dist/" >/dev/null
else
    echo "no .deb: cargo-deb is not installed" >&2
fi

(cd "$dist" && sha256sum -- *.tar.gz *.deb 2>/dev/null >SHA256SUMS || true)
cat "$dist/SHA256SUMS"
