#!/usr/bin/env bash
# Installs, from Debian's packages, what the tests here cannot build from Go modules: podman with runc, which builds and
# runs the image; pre-commit; chromium; node and npm, which build the site and run the YAML language server;
# busybox-static and ca-certificates, of which they make an image to build in; wine, with binutils to complete it, for the
# tests of paths on Windows; rpm; curl, wget and dash, with which the install script is tried. It needs root. What is there
# already stays as it is.
set -euo pipefail

missing=()
for command in podman runc busybox pre-commit chromium rpm curl wget dash; do
  command -v "$command" >/dev/null || missing+=("${command/%busybox/busybox-static}")
done
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
[[ -e /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
[[ -e /usr/lib/wine/wine64 ]] || missing+=(wine64)
command -v x86_64-w64-mingw32-ld >/dev/null || missing+=(binutils-mingw-w64-x86-64)
if ((${#missing[@]} == 0)); then
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
