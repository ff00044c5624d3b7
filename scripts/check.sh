#!/bin/sh
# Types, lint, format, dead code, style, error pages. Ends at the first failure.
set -eu
cd "$(dirname "$0")/.."
echo "check: types"
tsc -b
tsc -p packages/dashboard/tsconfig.page.json
tsc -p tsconfig.tests.json
echo "check: lint"
sh scripts/tools.sh oxlint --type-aware --deny-warnings packages bench fuzz interop e2e scripts examples
echo "check: format"
sh scripts/tools.sh oxfmt --check packages bench fuzz interop e2e scripts examples
echo "check: dead code"
sh scripts/tools.sh knip --no-progress
echo "check: style"
node scripts/tidy.ts
echo "check: docs/errors.md"
node --conditions=source --disable-warning=ExperimentalWarning scripts/errors-page.ts --check
echo "check: api"
sh scripts/tools.sh node scripts/api-report.ts --check
echo "check: ok"
