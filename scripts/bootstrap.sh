#!/bin/sh
# Installs what is missing, once. Runs with whatever Node and npm the machine has (Node >= 20);
# the packages installed bring Node 26, which every npm script then finds first on its PATH.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.lectura-installed
wanted=$(cksum package-lock.json | cut -d ' ' -f 1)
if [ -x node_modules/.bin/node ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi
echo "lectura: installing packages (once) ..." >&2
npm ci --no-audit --no-fund --prefer-offline --loglevel=error >&2 || npm install --no-audit --no-fund --prefer-offline --loglevel=error >&2
if [ ! -x node_modules/.bin/node ]; then
  echo "error[install/no-node-26]: no Node 26 package exists for this platform" >&2
  echo "next: install Node 26 or newer and run 'npm run start' again" >&2
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 26 ] || exit 1
fi
echo "$wanted" > "$stamp"
