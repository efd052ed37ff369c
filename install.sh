#!/bin/sh
# Installs secretwright from a release on GitHub, after verifying what it fetched:
#
#   curl -fsSL https://raw.githubusercontent.com/secretwright/secretwright/main/install.sh | sh
#
# Its variables:
#
#   VERSION   the release, such as v1.2.3; without it, the latest
#   BIN_DIR   where the binary goes; without it, /usr/local/bin for root, else ~/.local/bin
#   BASE_URL  where releases are; without it, on GitHub
#
# The archive must have the SHA-256 that checksums.txt has for it. If cosign is installed, checksums.txt must have been signed
# by the release workflow; without cosign that is not verified, and the script says so.
set -eu

main() {
  base="${BASE_URL:-https://github.com/secretwright/secretwright/releases}"
  case "$(uname -s)" in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) fail "no release for $(uname -s); on Windows use Scoop or the zip archive" ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "no release for the processor $(uname -m)" ;;
  esac
  if [ "$(id -u)" = 0 ]; then dir="${BIN_DIR:-/usr/local/bin}"; else dir="${BIN_DIR:-$HOME/.local/bin}"; fi
  from="$base/latest/download"
  [ -z "${VERSION:-}" ] || from="$base/download/$VERSION"

  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  fetch "$from/checksums.txt" "$work/checksums.txt"
  verify_signature

  # The checksums are of one version; its archive for this machine is the one that has its name.
  archive="$(sed -n "s/^[0-9a-f]\{64\}  \(secretwright_[^/ ]*_${os}_${arch}\.tar\.gz\)\$/\1/p" "$work/checksums.txt")"
  case "$archive" in
    "") fail "$from/checksums.txt has no archive for ${os}_$arch: it is another file, or of a release without one; nothing was installed" ;;
    *"
"*) fail "checksums.txt has several archives for ${os}_$arch" ;;
  esac
  fetch "$from/$archive" "$work/$archive"
  expected="$(sed -n "s/^\([0-9a-f]\{64\}\)  $archive\$/\1/p" "$work/checksums.txt")"
  actual="$(sha256 "$work/$archive")"
  [ "$actual" = "$expected" ] || fail "$archive has the SHA-256 $actual, not $expected: it was changed, or cut off; nothing was installed"

  tar -xzf "$work/$archive" -C "$work" secretwright
  version="$("$work/secretwright" version)" ||
    fail "the binary does not run on this machine; if programs must not run in ${TMPDIR:-/tmp}, set TMPDIR; nothing was installed"
  [ ! -d "$dir/secretwright" ] || fail "$dir/secretwright is a folder; nothing was installed"
  # Beside the old one first, so that a binary that is running, or a full disk, is no trouble.
  new="$dir/.secretwright.new"
  if ! { mkdir -p "$dir" && cp "$work/secretwright" "$new" && chmod 755 "$new" && mv -f "$new" "$dir/secretwright"; }; then
    rm -f "$new" 2>/dev/null || true
    fail "cannot write to $dir; set BIN_DIR to a folder that you can write to; nothing was installed"
  fi
  echo "installed $version in $dir"
  case ":$PATH:" in
    *":$dir:"*) ;;
    *) echo "$dir is not on your PATH" ;;
  esac
}

# verify_signature verifies that the release workflow signed the checksums.
verify_signature() {
  if ! command -v cosign >/dev/null 2>&1; then
    echo "cosign is not installed: the signature of checksums.txt is not verified, only the checksum" >&2
    return
  fi
  fetch "$from/checksums.txt.sigstore.json" "$work/checksums.txt.sigstore.json"
  cosign verify-blob --bundle "$work/checksums.txt.sigstore.json" \
    --certificate-oidc-issuer https://token.actions.githubusercontent.com \
    --certificate-identity-regexp "^https://github\.com/secretwright/secretwright/\.github/workflows/release\.yaml@refs/tags/${VERSION:-v.*}\$" \
    "$work/checksums.txt" >&2 || fail "the signature of checksums.txt is not that of the release workflow; nothing was installed"
}

fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsSL --retry 3 -o "$2" "$1" || fail "cannot fetch $1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1" || fail "cannot fetch $1"
  else
    fail "curl or wget is needed"
  fi
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  else
    fail "sha256sum or shasum is needed; nothing was installed"
  fi
}

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

main # at the end, so that half of a script does nothing
