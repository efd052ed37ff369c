#!/usr/bin/env bash
# Runs `go test` for Windows, with what it builds under wine: e2e/windows.sh ./schema
#
# Go asks bcryptprimitives.dll for random numbers, which Debian's wine does not have: here it is a library without code that
# forwards to the function that wine has for it.
set -euo pipefail

export WINEPREFIX WINEDEBUG=-all GOOS=windows
WINEPREFIX="$(cd "$(dirname "$0")/.." && pwd)/.bin/wine"
wine="$(command -v wine64 || echo /usr/lib/wine/wine64)"
library="$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll"
if [[ ! -e "$library" ]]; then
  mkdir -p "$WINEPREFIX"
  "$wine" cmd /c exit
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  printf 'LIBRARY bcryptprimitives.dll\nEXPORTS\nProcessPrng = advapi32.SystemFunction036\n' > "$work/library.def"
  x86_64-w64-mingw32-as -o "$work/empty.o" /dev/null
  x86_64-w64-mingw32-ld -shared -e 0 -o "$work/bcryptprimitives.dll" "$work/empty.o" "$work/library.def"
  mv "$work/bcryptprimitives.dll" "$library"
fi
"${GO:-go}" test -exec "$wine" "$@"
