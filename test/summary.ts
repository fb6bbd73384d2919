/**
 * Adds up what the test runners reported and prints "N passed, N failed". A runner that failed without saying
 * how many tests did, or a check that is not a test (style, types, build), counts as one failure.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
}

function readReport<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

function countVitest(path: string): Counts {
  const report = readReport<VitestReport>(path);
  if (!report) return { passed: 0, failed: 0, skipped: 0 };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
  };
}

function countPlaywright(path: string): Counts {
  const stats = readReport<PlaywrightReport>(path)?.stats;
  if (!stats) return { passed: 0, failed: 0, skipped: 0 };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

const [results, ...failedChecks] = process.argv.slice(2);
const byRunner: Record<string, Counts> = {
  'unit and conformance tests': countVitest(join(results, 'vitest.json')),
  'browser tests': countPlaywright(join(results, 'playwright.json')),
};
let { passed, failed, skipped } = { passed: 0, failed: 0, skipped: 0 };
for (const [name, counts] of Object.entries(byRunner)) {
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed`);
  passed += counts.passed;
  failed += counts.failed;
  skipped += counts.skipped;
}
for (const check of failedChecks) {
  if ((byRunner[check]?.failed ?? 0) === 0) {
    console.log(`${check}: failed`);
    failed += 1;
  }
}
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
