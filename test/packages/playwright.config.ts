import { defineConfig } from '@playwright/test';
import browserTests from '../browser/playwright.config.ts';

/** Not part of the tests: it installs packages from the registry. Run by `npm run test:packages`. */
export default defineConfig({
  ...browserTests,
  testDir: '.',
  outputDir: '../artifacts/packages',
  reporter: [['list']],
});
