#!/usr/bin/env bash
# Installs, from Debian's packages, what the tests in this folder cannot build from Go modules: podman with runc, which
# builds and runs the image, pre-commit, chromium, and busybox-static and ca-certificates, of which they make an image to build in. It needs root. What
# is there already stays as it is.
set -euo pipefail

missing=()
for command in podman runc busybox pre-commit chromium; do
  command -v "$command" >/dev/null || missing+=("${command/%busybox/busybox-static}")
done
[[ -e /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
if ((${#missing[@]} == 0)); then
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
