#!/usr/bin/env bash
# What `make demo` shows: an encrypted file, a SecretSpec and a Deployment go in; the Secret comes out, and the Deployment
# with the references to it. It needs the built binary, bash and git. The first thing that fails ends it.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
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

# difference prints a unified diff of two files, named as they come in and out.
difference() {
  local status=0
  if command -v diff >/dev/null; then
    diff -u --label "$1, before" --label "$1, after" "$1" "$2" || status=$?
  else
    git --no-pager diff --no-index --no-color "$1" "$2" || status=$?
  fi
  ((status == 1)) # 0 is no difference, which would be a failed demo; more is trouble
}

cd "$examples/kustomize/base"
export SOPS_AGE_KEY_FILE=$examples/age.key SECRETWRIGHT_EXAMPLE_KEY=1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# The documents that come out, a file each: the Deployment first, as it came in, then the Secret.
"$secretwright" render secretspec.yaml deployment.yaml >"$out/all.yaml"
document=1
while IFS= read -r line; do
  if [[ $line == --- ]]; then document=$((document + 1)); else printf '%s\n' "$line" >>"$out/$document.yaml"; fi
done <"$out/all.yaml"
[[ $(<"$out/2.yaml") == *$'\nkind: Secret\n'* ]] || { echo 'demo: no Secret came out' >&2; exit 1; }

heading 'In: a file that sops encrypted (lines shortened)'
shortened <database.enc.yaml | indented

heading 'In: the SecretSpec, which says what the Secret holds, where from, and who may read it'
indented <secretspec.yaml

heading 'In: a Deployment that says nothing of a Secret'
indented <deployment.yaml

heading '$ secretwright render secretspec.yaml deployment.yaml'
echo 'prints the Deployment and the Secret, which follow.'

heading 'Out: the Secret'
indented <"$out/2.yaml"

heading 'Out: its data, decoded for you to read'
key='' value=''
decoded() { # prints the key that was read, if one was, and its value
  [[ -n $key ]] || return 0
  value=$(base64 -d <<<"$value")
  printf '%s: %s\n' "$key" "$value"
}
{
  in_data=false
  while IFS= read -r line; do
    case $in_data,$line in
    *,data:) in_data=true ;;
    true,'    '*) value+=${line//[[:space:]]/} ;; # a long value goes on
    true,'  '*)
      decoded
      key=${line%%:*} value=${line#*: }
      key=${key//[[:space:]]/} value=${value#|}
      ;;
    *) in_data=false ;;
    esac
  done <"$out/2.yaml"
  decoded
} | indented

heading 'Out: what changed in the Deployment'
difference deployment.yaml "$out/1.yaml" | indented

cat <<'TEXT'

The password differs in the file and in the URL: a template escaped it. The Secret's name ends in a hash of what it
holds, so a new password restarts the pods. The container "proxy" sees none of it.

What went in stands in examples/kustomize/base. The same SecretSpec runs in kustomize and in kpt: see examples/README.md.
TEXT
