import { test as base, expect } from '@playwright/test';
import { tourId } from '../../../extension/src/tour.ts';
import { startViewer, type ViewerServer } from './viewerServer.ts';
import { startOrthanc, type Orthanc } from './orthanc.ts';
import { CranioplastyPage } from '../pages/CranioplastyPage.ts';

interface Options {
  /** Whether the tour of a first visit is shown; it lies over everything. */
  readonly tour: boolean;
}

interface Fixtures {
  /** The viewer with a store of its own that holds the demonstration study. */
  readonly viewer: ViewerServer;
  /** The viewer in front of a running Orthanc that holds the demonstration study. */
  readonly pacsViewer: ViewerServer;
  /** Everything that left the page's origin or was stopped from leaving it; must stay empty. */
  readonly strangers: string[];
  readonly cranioplasty: CranioplastyPage;
}

interface WorkerFixtures {
  readonly orthanc: Orthanc;
}

/* eslint no-empty-pattern: "off" -- Playwright reads a fixture's dependencies from the destructured parameter */

const LOCAL = /^(http:\/\/127\.0\.0\.1:\d+\/|blob:http:\/\/127\.0\.0\.1:\d+\/|data:)/;

export const test = base.extend<Fixtures & Options, WorkerFixtures>({
  tour: [false, { option: true }],
  viewer: async ({}, use) => {
    const viewer = await startViewer();
    await use(viewer);
    await viewer.stop();
  },
  orthanc: [
    async ({}, use) => {
      const orthanc = await startOrthanc();
      await use(orthanc);
      await orthanc.stop();
    },
    { scope: 'worker' },
  ],
  pacsViewer: async ({ orthanc }, use) => {
    const viewer = await startViewer({ pacs: orthanc.dicomweb });
    await use(viewer);
    await viewer.stop();
  },
  // In every test, asked for or not: no request leaves the page's origin.
  strangers: [
    async ({ context, tour }, use) => {
      if (!tour) {
        const shown = JSON.stringify([tourId]);
        await context.addInitScript((ids) => localStorage.setItem('shownTours', ids), shown);
      }
      const strangers: string[] = [];
      const origins = new Set<string>();
      context.on('request', (request) => {
        const url = request.url();
        if (LOCAL.test(url)) {
          if (url.startsWith('http')) origins.add(new URL(url).origin);
        } else strangers.push(url);
      });
      context.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) strangers.push(message.text());
      });
      await use(strangers);
      expect(strangers, 'requests that left the origin').toEqual([]);
      expect(origins.size, 'origins that were asked').toBeLessThanOrEqual(1);
    },
    { auto: true },
  ],
  cranioplasty: async ({ page }, use) => {
    await use(new CranioplastyPage(page));
  },
});

export { expect };
