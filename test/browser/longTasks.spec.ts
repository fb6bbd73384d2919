import { availableParallelism } from 'node:os';
import type { Page } from '@playwright/test';
import { SHAPES } from './pages/CranioplastyPage.ts';
import { stroke, takeBrush } from './support/brush.ts';
import {
  cachedBytes,
  centreOf,
  countChangesOfLooks,
  readSegments,
  segmentsWithStockStatistics,
  showPlace,
} from './support/cornerstone.ts';
import { demoStudy } from './support/demoStudy.ts';
import { LongTasks, longestOwn } from './support/longTasks.ts';
import { expect, test } from './support/test.ts';

/** More of the page's time than this in one task is felt, ms. */
const FELT = 100;

/** From opening the mode until the skull is there in 3D, s. */
const SKULL_WITHIN = 5;

/** How much longer things take where more than two processes want each core, as a share. */
const slowedBy = (load: number): number => Math.max(1, load / availableParallelism() / 2);

/** How many segmentations the viewer has loaded. */
const segmentsLoaded = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const tools = globalThis.__cranioplastyHost['@cornerstonejs/tools'];
    return tools.segmentation.state.getSegmentations().length;
  });

/** The page stays usable: nothing that the extension does on its thread takes long. */
test('no task of the extension holds up the page', async ({ cranioplasty, viewer }) => {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  const drawn = async () => {
    await cranioplasty.waitForResult();
    await expect.poll(() => cranioplasty.visibleSurfaces()).toContain('cranioplasty-patch');
  };
  await page.goto(`${viewer.origin}/`);
  await expect(page.getByText(demoStudy.patient).first()).toBeVisible();
  const watch = await LongTasks.of(page);
  let untilSkull = Infinity;

  await watch.during('open', async () => {
    await page.getByText(demoStudy.patient).first().click();
    await page.getByRole('button', { name: 'Cranioplasty', exact: true }).click();
    const clicked = performance.now();
    const after = (what: string): number => {
      const seconds = (performance.now() - clicked) / 1000;
      console.log(`${what} ${seconds.toFixed(1)} s after opening`);
      return seconds;
    };
    const quickly = { intervals: [50], timeout: 60_000 };
    await expect(cranioplasty.skullSource).toBeVisible();
    after('panel');
    await expect.poll(() => cranioplasty.visibleSurfaces(), quickly).not.toEqual([]);
    untilSkull = after('skull in 3D');
    await expect.poll(() => segmentsLoaded(page), quickly).toBeGreaterThan(0);
    after('its segmentation');
    // The segment takes over what is drawn.
    await expect
      .poll(() => cranioplasty.visibleSurfaces(), quickly)
      .toEqual([expect.stringMatching(/-1$/)]);
    after('its segment in 3D');
  });
  await cranioplasty.unfoldAll();
  await cranioplasty.chooseSkull(demoStudy.skull);
  const kept: number[] = [];
  const results: unknown[] = [];
  const changesOfLooks = await countChangesOfLooks(page);
  for (const name of ['run', 'run again']) {
    await watch.during(name, async () => {
      await cranioplasty.reconstructButton.click();
      await drawn();
    });
    await expect(part('implant')).toHaveAttribute('data-designing', 'false');
    kept.push(await cachedBytes(page));
    results.push(
      await readSegments(
        page,
        Object.values(SHAPES).map(({ label }) => label),
      ),
    );
  }
  // Two runs of two shapes in three planes: each is added, coloured, shown or hidden, and taken away again.
  expect(await changesOfLooks()).toBeLessThan(2 * 2 * 3 * 6);
  expect(kept[1], 'voxels of results in the place of those before').toBe(kept[0]);
  // The second time much of it was ready.
  expect(results[1]).toEqual(results[0]);
  await watch.during('judge the fit', async () => {
    await part('judge-fit').click();
    await expect(part('fit-figures')).toBeVisible();
  });

  const place = await centreOf(page, SHAPES.patch.label);
  await showPlace(page, place);
  await takeBrush(page, 8);
  await watch.during('edit', async () => {
    const figures = part('measurements-patch');
    const told = await figures.innerText();
    await stroke(page, 'cranioplasty-axial', place);
    await expect.poll(() => figures.innerText(), { intervals: [50] }).not.toBe(told);
    await expect(part('edited-patch')).toHaveText('Edited by hand');
    await expect(part('implant')).toHaveAttribute('data-designing', 'false');
  });
  expect(await segmentsWithStockStatistics(page)).toEqual([]);
  await watch.during('save', async () => {
    await cranioplasty.save();
  });
  for (const [button, end] of [
    ['download-seg', '.dcm'],
    ['download-stl-patch', '.stl'],
    ['download-report', '.json'],
  ])
    await watch.during(button, async () => {
      const arrived = page.waitForEvent('download', (d) => d.suggestedFilename().endsWith(end));
      await part(button).click();
      await arrived;
    });

  expect.soft(untilSkull).toBeLessThan(SKULL_WITHIN * slowedBy(watch.phases[0].load));
  console.log(`${watch.table()}\n${watch.details(FELT)}`);
  for (const { name, tasks, load } of watch.phases)
    expect
      .soft(longestOwn(tasks), `longest of ours, ${name}, ms`)
      .toBeLessThan(FELT * slowedBy(load));
});
