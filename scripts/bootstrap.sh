#!/bin/sh
# Installs what is missing, once. Runs with whatever Node and npm the machine has (Node >= 20);
# the packages installed bring Node 26, which every npm script then finds first on its PATH.
set -eu
cd "$(dirname "$0")/.."
node26=node_modules/.bin/node
stamp=node_modules/.lectura-installed
wanted=$(cksum package-lock.json | cut -d ' ' -f 1)

works() {
  "$node26" --version >/dev/null 2>&1
}

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && works; then
  exit 0
fi

if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  echo "lectura: installing packages (once) ..." >&2
  npm ci --no-audit --no-fund --prefer-offline --loglevel=error >&2 ||
    npm install --no-audit --no-fund --prefer-offline --loglevel=error >&2
fi

if [ ! -e "$node26" ]; then
  major=$(node -p 'process.versions.node.split(".")[0]')
  if [ "$major" -lt 26 ]; then
    echo "error[install/no-node-26]: no Node 26 package exists for this platform" >&2
    echo "next: install Node 26 or newer, then run the command again" >&2
    exit 1
  fi
elif ! works; then
  # A small Linux lacks libatomic, which Node 26 is linked with: see libatomic.sh.
  real=$(readlink -f "$node26")
  library=$(pwd)/node_modules/.lectura
  if [ "$(uname -s)" = Linux ] && sh scripts/libatomic.sh "$library"; then
    rm -f "$node26"
    cat > "$node26" <<WRAPPER
#!/bin/sh
LD_LIBRARY_PATH="$library\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
exec "$real" "\$@"
WRAPPER
    chmod +x "$node26"
  fi
  if ! works; then
    reason=$("$node26" --version 2>&1 || true)
    echo "error[install/node-26-does-not-start]: $reason" >&2
    echo "next: install the library it names (Debian: libatomic1, libstdc++6), then run the command again" >&2
    exit 1
  fi
fi
echo "$wanted" > "$stamp"
