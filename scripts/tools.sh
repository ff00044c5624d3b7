#!/bin/sh
# Runs one of the native tools of tools/package.json, installing them on first use.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
stamp=tools/node_modules/.lectura-installed
wanted=$(cksum tools/package.json | cut -d ' ' -f 1)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  echo "lectura: installing lint and format tools (once) ..." >&2
  npm install --prefix tools --no-package-lock --no-audit --no-fund --loglevel=error >&2
  echo "$wanted" > "$stamp"
fi
PATH="$root/tools/node_modules/.bin:$PATH"
export PATH
tool=$1
shift
exec "$tool" "$@"
