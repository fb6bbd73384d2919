import { loadavg } from 'node:os';
import { SHAPES } from './pages/CranioplastyPage.ts';
import { stroke, takeBrush } from './support/brush.ts';
import { centreOf, showPlace } from './support/cornerstone.ts';
import { demoStudy } from './support/demoStudy.ts';
import { LongTasks, longestOwn } from './support/longTasks.ts';
import { expect, test } from './support/test.ts';

/** More of the page's time than this in one task is felt, ms. */
const FELT = 100;

/** What is held to that; the rest is told. */
const held = new Set(['edit', 'download-stl-patch']);

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
  const load = () => loadavg()[0].toFixed(1);
  console.log(`load ${load()}`);

  await watch.during('open', async () => {
    await page.getByText(demoStudy.patient).first().click();
    await page.getByRole('button', { name: 'Cranioplasty', exact: true }).click();
    await expect(cranioplasty.skullSource).toBeVisible();
    await expect
      .poll(() => cranioplasty.visibleSurfaces(), { intervals: [50], timeout: 60_000 })
      .not.toEqual([]);
  });
  await cranioplasty.unfoldAll();
  await cranioplasty.chooseSkull(demoStudy.skull);
  for (const name of ['run', 'run again'])
    await watch.during(name, async () => {
      await cranioplasty.reconstructButton.click();
      await drawn();
    });
  await expect(part('implant')).toHaveAttribute('data-designing', 'false');
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

  console.log(`${watch.table()}\nload ${load()}\n${watch.details(FELT)}`);
  for (const { name, tasks } of watch.phases.filter((phase) => held.has(phase.name)))
    expect.soft(longestOwn(tasks), `longest of ours, ${name}, ms`).toBeLessThan(FELT);
});
