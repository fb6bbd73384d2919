/**
 * What a user of the viewer waits for, in a real browser on WASM: from opening a study to the panel, from the click to what
 * is drawn; with `--memory` the most that all of the browser's processes held meanwhile (Linux), which takes time itself.
 *
 *     npm run bench:browser [-- --case demo|ct] [--rounds N] [--memory]
 *
 * Each round is a new browser. It goes by what the panel shows, as the browser tests do, without their profiler.
 */

import { mkdtempSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, expect, selectors } from '@playwright/test';
import { tourId } from '../../extension/src/tour.ts';
import { CranioplastyPage } from '../browser/pages/CranioplastyPage.ts';
import { chromium as launch } from '../browser/support/chromium.ts';
import { demoStudy } from '../browser/support/demoStudy.ts';
import { startViewer } from '../browser/support/viewerServer.ts';
import { largeStudy, writeLargeCt } from './cases.ts';
import { MemoryWatch } from './processMemory.ts';

/** Longer than this nothing is waited for, ms. */
const patience = 10 * 60_000;
/** The viewer draws on for a while after what is waited for; what comes next begins when it rests, ms. */
const rest = 5000;

const megabytes = (mb: number): string => `${mb.toFixed(0)} MB`.padStart(8);

interface Study {
  readonly title: string;
  readonly uid: string;
  /** Whether the skull is made from the CT first. */
  readonly segmented: boolean;
  /** Fills the store, if it does not begin with the demonstration study. */
  readonly fill?: (store: string) => Promise<void>;
}

const studies: Readonly<Record<string, Study>> = {
  demo: { title: 'demonstration study', uid: demoStudy.uid, segmented: false },
  ct: {
    title: 'CT of 512 × 512 × 600',
    uid: largeStudy,
    segmented: true,
    fill: (store) => writeLargeCt(join(store, 'ct')),
  },
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    memory: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true, default: Object.keys(studies) },
  },
});

selectors.setTestIdAttribute('data-cy');
for (const name of values.case) {
  const study = studies[name];
  if (!study) throw new Error(`--case: ${name} is none of ${Object.keys(studies).join(', ')}`);
  console.log(`\n${study.title}`);
  for (let round = 0; round < Number(values.rounds); round++) await measure(study);
}

async function measure(study: Study): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'cranioplasty-bench-'));
  await study.fill?.(store);
  const viewer = await startViewer({ store });
  const server = await chromium.launchServer(launch);
  const memory = values.memory ? new MemoryWatch(server.process().pid ?? 0) : undefined;
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.setDefaultTimeout(patience);
    await page.addInitScript(
      (ids) => localStorage.setItem('shownTours', ids),
      JSON.stringify([tourId]),
    );
    const cranioplasty = new CranioplastyPage(page);
    const part = (what: string) => page.getByTestId(`cranioplasty-${what}`);
    const patiently = { timeout: patience };
    const step = async (what: string, act: () => Promise<void>): Promise<void> => {
      memory?.take();
      const began = performance.now();
      await act();
      const seconds = (performance.now() - began) / 1000;
      const held = memory?.take();
      console.log(
        what.padEnd(24),
        `${seconds.toFixed(1)} s`.padStart(8),
        `load ${loadavg()[0].toFixed(1)}`.padStart(10),
        held ? `${megabytes(held.proportional)} (added up ${megabytes(held.resident)})` : '',
      );
      await page.waitForTimeout(rest);
    };
    const run = async (): Promise<void> => {
      await cranioplasty.reconstructButton.click();
      await expect(cranioplasty.stage).toBeVisible(patiently);
      await expect(cranioplasty.stage).toBeHidden(patiently);
      await expect(cranioplasty.result.or(cranioplasty.error).first()).toBeVisible(patiently);
      await expect
        .poll(() => cranioplasty.visibleSurfaces(), { ...patiently, intervals: [50] })
        .toContain('cranioplasty-patch');
    };
    await step('open to panel', () => cranioplasty.open(viewer.origin, study.uid));
    if (study.segmented)
      await step('skull from the CT', async () => {
        await part('threshold').fill('250');
        await part('segment-bone').click(patiently);
        await expect(cranioplasty.reconstructButton).toBeEnabled(patiently);
      });
    else
      await step('until it can be run', () =>
        expect(cranioplasty.reconstructButton).toBeEnabled(patiently),
      );
    await step('click to drawn', run);
    // What is pressed next lies there.
    await cranioplasty.unfoldAll();
    await step('again', run);
    await cranioplasty.unfoldAll();
    const judge = async (): Promise<void> => {
      await part('judge-fit').click();
      await expect(cranioplasty.stage).toBeVisible(patiently);
      await expect(cranioplasty.stage).toBeHidden(patiently);
      await expect(part('fit-figures')).toBeVisible(patiently);
    };
    await step('judge the fit', judge);
    await step('again', judge);
    await browser.close();
  } finally {
    memory?.stop();
    await server.close();
    await viewer.stop();
  }
}
