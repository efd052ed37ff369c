#!/usr/bin/env bash
# What `make demo` shows: an encrypted file, a SecretSpec and a Deployment go in; the Secret comes out, and the Deployment
# with the references to it. It needs bash, and the built binary, which it builds first with --build. The first thing that fails
# ends it.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# build builds the binary, and says how far it is: the first time that takes a while.
build() {
  local line modules=0 packages=0
  echo 'Building secretwright. The first time this takes minutes, and gigabytes in the caches of Go.'
  GOFLAGS="${GOFLAGS:-} -v" "${MAKE:-make}" --no-print-directory -C "$examples/.." build 2>&1 | while IFS= read -r line; do
    case $line in
    'go: downloading '*) ((++modules % 50)) || echo "  $modules modules downloaded" ;;
    *[!a-zA-Z0-9./_~-]*) printf '  %s\n' "$line" ;; # what make runs, and errors
    *) ((++packages % 100)) || echo "  $packages packages compiled" ;;
    esac
  done
}
if [[ ${1:-} == --build ]]; then build; fi

secretwright=${SECRETWRIGHT:-$examples/../.bin/secretwright}
[[ -x $secretwright ]] || { echo "demo: $secretwright is not there; run make demo" >&2; exit 1; }
secretwright=$(cd "$(dirname "$secretwright")" && pwd)/$(basename "$secretwright")

bold='' plain=''
if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m'; fi
heading() { printf '\n%s== %s%s\n\n' "$bold" "$*" "$plain"; }
indented() { while IFS= read -r line || [[ -n $line ]]; do printf '    %s\n' "$line"; done; }

# shortened prints what it reads with the long lines cut, and with one line for the many of an age header.
shortened() {
  local line armour=false
  while IFS= read -r line; do
    case $line in
    *'BEGIN AGE'*) armour=true ;;
    *'END AGE'*) armour=false; line="${line%%-*}..." ;;
    esac
    $armour && continue
    ((${#line} > 76)) && line="${line:0:73}..."
    printf '%s\n' "$line"
  done
}

cd "$examples/kustomize/base"
export SOPS_AGE_KEY_FILE=$examples/age.key SECRETWRIGHT_EXAMPLE_KEY=1
out=$("$secretwright" render secretspec.yaml deployment.yaml)
[[ $out == *$'\n---\n'*$'\nkind: Secret\n'* ]] || { echo 'demo: no Secret came out' >&2; exit 1; }

heading 'In: a file that sops encrypted (lines shortened)'
shortened <database.enc.yaml | indented

heading 'In: the SecretSpec, which says what the Secret holds, where from, and who may read it'
indented <secretspec.yaml

heading 'In: a Deployment that says nothing of a Secret'
indented <deployment.yaml

heading '$ secretwright render secretspec.yaml deployment.yaml'
echo 'prints the Deployment and the Secret, which follow.'

heading 'Out: the Secret'
indented <<<"${out##*$'\n---\n'}"

heading 'Out: its data, decoded for you to read ($ secretwright get secretspec.yaml database KEY)'
for key in password url username; do
  printf '%s: %s\n' "$key" "$("$secretwright" get secretspec.yaml database "$key")"
done | indented

heading '$ secretwright diff secretspec.yaml deployment.yaml'
status=0
changes=$("$secretwright" diff secretspec.yaml deployment.yaml) || status=$?
((status == 1)) || { echo 'demo: there is no difference' >&2; exit 1; }
indented <<<"$changes"

cat <<'TEXT'

The password differs in the file and in the URL: a template escaped it. The Secret's name ends in a hash of what it
holds, so a new password restarts the pods. The container "proxy" sees none of it.

What went in stands in examples/kustomize/base. The same SecretSpec runs in kustomize and in kpt: see examples/README.md.
With a key of your own: docs/tutorial.md.
TEXT
