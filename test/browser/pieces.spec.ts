import { distanceFromPlanes, drillAtTop } from './support/cornerstone.ts';
import { demoStudy } from './support/demoStudy.ts';
import { expect, test } from './support/test.ts';

const fromCt = 'Skull from CT (≥ 250 HU)';

/** A user looks at the pieces of a patch and leaves out the one that closes nothing to be closed. */
test('lists two pieces, shows one, leaves it out and brings it back', async ({
  cranioplasty,
  viewer,
}) => {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  await cranioplasty.openFromWorklist(viewer.origin, demoStudy.patient);
  // Where there is a segment the way to one from the CT is folded away.
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.unfoldAll();
  await part('segment-bone').click();
  await expect(cranioplasty.skullSource.locator('option:checked')).toContainText(fromCt, {
    timeout: 60_000,
  });
  const hole = await drillAtTop(page, fromCt, 14);
  // The hole that it closes as a piece of its own was sized with this model.
  await part('model-choice').selectOption('lite');
  await cranioplasty.startReconstruction();
  await cranioplasty.waitForResult();
  await expect(part('model')).toHaveText(/^lite /);
  await expect(part('model-terms')).toBeHidden();

  await expect(cranioplasty.warnings).toContainText('2 separate pieces');
  const before = await cranioplasty.resultSegments();
  await part('piece-show-1').click();
  await expect
    .poll(async () => Math.max(...(await distanceFromPlanes(page, hole))), 'planes from the hole')
    .toBeLessThan(10);
  await part('pieces').scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'test/artifacts/pieces.png' });

  await part('piece-leave-out-1').click();
  await expect(cranioplasty.warnings).toContainText('was left out of the patch by the user', {
    timeout: 60_000,
  });
  await expect(part('piece-leave-out-1')).toBeHidden();
  await expect.poll(async () => (await cranioplasty.resultSegments()).length).toBe(2);
  const after = await cranioplasty.resultSegments();
  for (const [s, { label, voxels }] of after.entries()) {
    expect(label).toBe(before[s].label);
    expect(voxels, label).toBeLessThan(before[s].voxels);
    expect(voxels, label).toBeGreaterThan(1000);
  }
  await page.screenshot({ path: 'test/artifacts/piece-left-out.png' });

  // It can be undone, and done again.
  await part('piece-bring-back').click();
  await expect.poll(() => cranioplasty.resultSegments()).toEqual(before);
  await expect(cranioplasty.warnings).toContainText('2 separate pieces');
  await part('piece-leave-out-1').click();
  await expect.poll(() => cranioplasty.resultSegments()).toEqual(after);
  // What is stored is what is left.
  await cranioplasty.save();
});
