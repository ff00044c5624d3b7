#!/bin/sh
# Other DLMS implementations against ours, both directions. Installs pinned peers on first use.
# `--short` is what CI runs.
set -eu
cd "$(dirname "$0")/.."
if command -v python3 >/dev/null 2>&1; then
  wanted=$(cksum interop/requirements.txt | cut -d ' ' -f 1)
  if [ ! -x interop/.venv/bin/python ] || [ "$(cat interop/.venv/.lectura-installed 2>/dev/null)" != "$wanted" ]; then
    echo "interop: installing Python peers (once) ..." >&2
    python3 -m venv interop/.venv
    interop/.venv/bin/pip install --quiet --disable-pip-version-check -r interop/requirements.txt >&2
    echo "$wanted" > interop/.venv/.lectura-installed
  fi
else
  echo "interop: python3 is missing, Python peers are skipped" >&2
fi
if command -v mvn >/dev/null 2>&1; then
  if [ ! -d interop/jdlms/target/classes ] || [ -n "$(find interop/jdlms/src interop/jdlms/pom.xml -newer interop/jdlms/target/classes 2>/dev/null)" ]; then
    echo "interop: building the Java peer (once) ..." >&2
    mvn -q -f interop/jdlms/pom.xml package dependency:copy-dependencies >&2 || echo "interop: the Java peer could not be built, it is skipped" >&2
  fi
else
  echo "interop: mvn is missing, the Java peer is skipped" >&2
fi
exec node --conditions=source --disable-warning=ExperimentalWarning interop/main.ts "$@"
