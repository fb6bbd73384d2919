import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { CaseDescription } from '../../extension/src/services/report/caseReport.ts';
import { SHAPES, type CranioplastyPage } from './pages/CranioplastyPage.ts';
import { activateIn, activeInPlanes, stroke, takeBrush } from './support/brush.ts';
import { centreOf, showPlace } from './support/cornerstone.ts';
import { demoStudy } from './support/demoStudy.ts';
import { expect, test } from './support/test.ts';

const PLANES = ['cranioplasty-axial', 'cranioplasty-sagittal', 'cranioplasty-coronal'];

/** Volumes and digests of patch and implant as the viewer holds them. */
async function shapesOf(cranioplasty: CranioplastyPage) {
  const segments = await cranioplasty.resultSegments();
  const [implant, patch] = ['Implant', 'Skull patch'].map((label) => {
    const found = segments.find((segment) => segment.label === label);
    if (!found) throw new Error(`there is no ${label}`);
    return found;
  });
  return { implant, patch };
}

async function download(page: Page, button: string, end: string): Promise<Buffer> {
  const arrived = page.waitForEvent('download', (d) => d.suggestedFilename().endsWith(end));
  await page.getByTestId(`cranioplasty-${button}`).click();
  return readFile(await (await arrived).path());
}

/** Volume inside a surface, ml. */
function volumeOfStl(stl: Buffer): number {
  let sum = 0;
  for (let t = 84; t < stl.length; t += 50) {
    const [a, b, c] = [12, 24, 36].map((corner) =>
      [0, 4, 8].map((axis) => stl.readFloatLE(t + corner + axis)),
    );
    sum +=
      a[0] * (b[1] * c[2] - b[2] * c[1]) -
      a[1] * (b[0] * c[2] - b[2] * c[0]) +
      a[2] * (b[0] * c[1] - b[1] * c[0]);
  }
  return Math.abs(sum) / 6000;
}

/** A user corrects a shape with the brush: only that one changes, and everything says so. */
test('panel, surface, report and STL follow the brush, and no hidden shape is changed', async ({
  cranioplasty,
  viewer,
}) => {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  await cranioplasty.openFromWorklist(viewer.origin, demoStudy.patient);
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.startReconstruction('mirror');
  await cranioplasty.waitForResult();
  await expect(part('brush')).toHaveValue('patch');
  // A designed implant follows the patch.
  await part('implant-kind').selectOption('predicted');
  await cranioplasty.setVisible('implant', false);

  const place = await centreOf(page, SHAPES.patch.label);
  await showPlace(page, place);
  const before = await shapesOf(cranioplasty);
  const figures = part('measurements-patch');
  for (const [p, plane] of PLANES.entries()) {
    await takeBrush(page, 8 + 3 * p);
    const { patch } = await shapesOf(cranioplasty);
    const told = await figures.innerText();
    await stroke(page, plane, place);
    const stroked = performance.now();
    await expect(part('edited-patch')).toHaveText('Edited by hand');
    await expect
      .poll(() => figures.innerText(), { intervals: [50], message: `stroke in ${plane}` })
      .not.toBe(told);
    await expect(part('edited-patch')).toHaveText('Edited by hand');
    // Told, not asserted: it depends on the machine.
    console.log(
      `${plane}: true again ${((performance.now() - stroked) / 1000).toFixed(1)} s after the stroke`,
    );
    expect((await shapesOf(cranioplasty)).patch.voxels).toBeGreaterThan(patch.voxels);
  }
  const after = await shapesOf(cranioplasty);
  expect(after.implant).toEqual(before.implant);
  await expect(part('edited-implant')).toBeHidden();

  // All say the same.
  const report = JSON.parse(
    String(await download(page, 'download-report', '.json')),
  ) as CaseDescription;
  const { skullPatch, implant } = report.shapes;
  expect(skullPatch.edited).toBe(true);
  expect(implant.edited).toBe(false);
  const perVoxel = implant.volume / after.implant.voxels;
  expect(skullPatch.volume).toBeCloseTo(perVoxel * after.patch.voxels, 3);
  await expect(figures).toContainText(`${skullPatch.volume.toFixed(1)} ml`);
  const stl = volumeOfStl(await download(page, 'download-stl-patch', '.stl'));
  expect(Math.abs(stl / skullPatch.volume - 1)).toBeLessThan(0.1);
  await figures.scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'test/artifacts/edited.png' });

  // Nothing hidden is changed, whatever is chosen.
  await cranioplasty.setVisible('patch', false);
  await expect(part('brush-hidden')).toBeVisible();
  for (const plane of PLANES) await stroke(page, plane, place);
  await part('brush').selectOption('implant');
  await expect(part('brush-hidden')).toBeVisible();
  for (const plane of PLANES) await stroke(page, plane, place);
  expect(await shapesOf(cranioplasty)).toEqual(after);

  // The chosen shape is the one, in every plane.
  await cranioplasty.setVisible('implant', true);
  await expect(part('brush-hidden')).toBeHidden();
  await stroke(page, 'cranioplasty-sagittal', place);
  await expect
    .poll(async () => (await shapesOf(cranioplasty)).implant.voxels)
    .toBeGreaterThan(after.implant.voxels);
  expect((await shapesOf(cranioplasty)).patch).toEqual(after.patch);
  await expect(part('edited-implant')).toHaveText('Edited by hand');

  // The viewer's own panel chooses for one plane: taken over in all, and by planes of another layout.
  const inAllPlanes = (label: string) => Object.fromEntries(PLANES.map((id) => [id, label]));
  await expect.poll(() => activeInPlanes(page)).toEqual(inAllPlanes('Implant'));
  await activateIn(page, 'cranioplasty-axial', 'Skull patch');
  await expect.poll(() => activeInPlanes(page)).toEqual(inAllPlanes('Skull patch'));
  await expect(part('brush')).toHaveValue('patch');
  await cranioplasty.setVisible('patch', true);
  await part('compare-run').click();
  await expect(part('differences')).toBeVisible();
  await part('side-by-side').click();
  await expect.poll(() => activeInPlanes(page)).toEqual(inAllPlanes('Skull patch'));
  await expect(part('brush')).toHaveValue('patch');
});
