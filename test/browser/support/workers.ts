import type { Page } from '@playwright/test';

/** Addresses of the inference workers that are alive. */
export function inferenceWorkers(page: Page): string[] {
  return page
    .workers()
    .map((worker) => worker.url())
    .filter((url) => /\/cranioplasty-plugin\/[^/]*inference[^/]*\.js$/.test(url));
}
