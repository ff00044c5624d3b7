#!/bin/sh
# Tests with real servers, processes and kill -9. What a machine lacks is skipped and said.
set -eu
cd "$(dirname "$0")/.."
exec vitest run --config e2e/vitest.config.ts "$@"
