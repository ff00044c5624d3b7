#!/bin/sh
# Benchmarks as ratios against floors measured in the same run. `npm run bench -- codec store ...` picks some.
set -eu
cd "$(dirname "$0")/.."
exec node --conditions=source --disable-warning=ExperimentalWarning bench/main.ts "$@"
