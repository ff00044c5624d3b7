#!/bin/sh
# Other DLMS implementations against ours, both directions. Installs pinned peers on first use; what
# cannot be installed is skipped and said. `--short` is what CI runs. See docs/interop.md.
set -eu
cd "$(dirname "$0")/.."

# stamp, then the files whose content it stands for
is_current() {
  stamp=$1
  shift
  wanted=$(cat "$@" | cksum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]
}

python_peers() {
  is_current interop/.venv/.lectura-installed interop/requirements.txt && return 0
  echo "interop: installing Python peers (once) ..." >&2
  python3 -m venv interop/.venv &&
    interop/.venv/bin/pip install --quiet --disable-pip-version-check \
      -r interop/requirements.txt >&2 &&
    echo "$wanted" > interop/.venv/.lectura-installed && return 0
  rm -rf interop/.venv
  return 1
}

java_peer() {
  is_current interop/jdlms/target/.lectura-built interop/jdlms/pom.xml \
    interop/jdlms/src/main/java/interop/*.java && return 0
  echo "interop: building the Java peer (once) ..." >&2
  rm -rf interop/jdlms/target
  mvn --quiet --batch-mode -Dstyle.color=never -f interop/jdlms/pom.xml compile dependency:copy-dependencies >&2 &&
    echo "$wanted" > interop/jdlms/target/.lectura-built && return 0
  rm -rf interop/jdlms/target
  return 1
}

if ! command -v python3 >/dev/null 2>&1; then
  echo "interop: python3 is missing" >&2
elif ! python_peers; then
  echo "interop: the Python peers could not be installed" >&2
fi
if ! command -v mvn >/dev/null 2>&1; then
  echo "interop: mvn is missing" >&2
elif ! java_peer; then
  echo "interop: the Java peer could not be built" >&2
fi
sh scripts/bootstrap.sh
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
exec node --conditions=source --disable-warning=ExperimentalWarning interop/main.ts "$@"
