#!/usr/bin/env bash
# All tests: style, types, build, unit and conformance tests, browser tests. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=test/requirements.sh
. test/requirements.sh
require_packages || exit 1

results=test/artifacts/results
rm -rf "$results"
mkdir -p "$results"
failed_checks=()

check() {
  local name=$1
  shift
  echo "== $name"
  "$@" </dev/null || failed_checks+=("$name")
}

check eslint npx --no-install eslint .
check prettier npx --no-install prettier --check --log-level warn .
check types npx --no-install tsc --noEmit
check build npm run --silent build
check "unit and conformance tests" npx --no-install vitest run \
  --reporter=default --reporter=json --outputFile.json="$results/vitest.json"
check "browser tests" npx --no-install playwright test --config test/browser/playwright.config.ts

exec npx --no-install tsx test/summary.ts "$results" "${failed_checks[@]}"
