#!/usr/bin/env bash
# Builds the release that is in dist/ again, from the same commit in another folder, and compares all of it. For this
# machine's own platform it compiles everything again, without Go's cache; the others share what the cache has.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ -n "$(git status --porcelain)" ]]; then
  echo "reproducible: the work tree has changes; commit them first" >&2
  exit 1
fi
work="$(mktemp -d)"
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
git clone --quiet --no-local . "$work/elsewhere"
git -C "$work/elsewhere" checkout --quiet "$(git rev-parse HEAD)"
mkdir "$work/elsewhere/.bin"
cp -p .bin/goreleaser .bin/cyclonedx-gomod "$work/elsewhere/.bin/"
make -C "$work/elsewhere" release-snapshot
diff dist/checksums.txt "$work/elsewhere/dist/checksums.txt"

target="$(go env GOOS)_$(go env GOARCH)"
first="$(echo dist/secretwright_"$target"*/secretwright)"
version="$("$first" version | cut -d ' ' -f 2)"
package=github.com/secretwright/secretwright/internal/cli
flags="-s -w -X $package.Version=$version -X $package.Commit=$(git rev-parse HEAD)"
(cd "$work/elsewhere" && GOCACHE="$work/cache" CGO_ENABLED=0 \
  go build -trimpath -buildvcs=false -ldflags "$flags" -o "$work/secretwright" .)
cmp "$first" "$work/secretwright"
echo "reproducible: $(wc -l < dist/checksums.txt) files, and the binary for $target without a cache, are the same"
