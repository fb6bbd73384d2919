import { defineConfig } from '@playwright/test';
import { chromium } from './support/chromium.ts';

/**
 * The system's Chromium draws with a software GPU. Whatever is slow there gets time, nothing gets a retry: a
 * test that passes only sometimes is broken.
 */
export default defineConfig({
  testDir: '.',
  outputDir: '../artifacts/browser',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 12 * 60_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json', { outputFile: '../artifacts/results/playwright.json' }]],
  use: {
    viewport: { width: 1600, height: 1000 },
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    screenshot: 'only-on-failure',
    trace: 'off',
    testIdAttribute: 'data-cy',
    launchOptions: chromium,
  },
});
