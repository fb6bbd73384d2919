import { SHAPES } from './pages/CranioplastyPage.ts';
import { drag, stroke } from './support/brush.ts';
import { centreOf, showPlace } from './support/cornerstone.ts';
import { demoStudy } from './support/demoStudy.ts';
import { expect, test } from './support/test.ts';

/** A skull that is edited after the reconstruction is offered for an update. */
test('offers an update once the skull was edited, and keeps the edits of the patch', async ({
  cranioplasty,
  viewer,
}) => {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  const patch = async () =>
    (await cranioplasty.resultSegments()).find(({ label }) => label === SHAPES.patch.label);
  await cranioplasty.openFromWorklist(viewer.origin, demoStudy.patient);
  await expect(cranioplasty.reconstructButton).toBeAttached();
  await cranioplasty.unfoldAll();
  await part('segment-bone').click();
  await expect(cranioplasty.skullSource).toContainText('Skull from CT', { timeout: 180_000 });
  await cranioplasty.startReconstruction('mirror');
  await cranioplasty.waitForResult();
  await part('implant-kind').selectOption('predicted');
  await cranioplasty.setVisible('implant', false);
  const place = await centreOf(page, SHAPES.patch.label);
  await showPlace(page, place);
  await page.getByTestId('CranioplastyBrush').click();
  await stroke(page, 'cranioplasty-axial', place);
  await expect(part('edited-patch')).toHaveText('Edited by hand');
  await expect(part('update')).toBeHidden();

  // Bone into the defect.
  const edited = await patch();
  await part('brush').selectOption('skull');
  await stroke(page, 'cranioplasty-coronal', place);
  await expect(part('update')).toBeVisible();
  expect(await patch()).toEqual(edited);
  await part('update').scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'test/artifacts/update-offered.png' });
  await part('update-keep').click();
  await expect(part('update')).toBeHidden({ timeout: 180_000 });
  await cranioplasty.waitForResult();
  await expect(part('edited-patch')).toHaveText('Edited by hand');
  await expect.poll(async () => (await patch())?.voxels).toBeLessThan(edited?.voxels ?? 0);
  await page.screenshot({ path: 'test/artifacts/update-done.png' });
});

/** Brush, eraser and scissors of the toolbar change the shape that is chosen, and nothing that is hidden. */
test('brush, eraser and scissors are in the toolbar and change only what is shown', async ({
  cranioplasty,
  viewer,
}) => {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  const button = (name: string) => page.getByTestId(`Cranioplasty${name}`);
  await cranioplasty.openFromWorklist(viewer.origin, demoStudy.patient);
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.startReconstruction('mirror');
  await cranioplasty.waitForResult();
  await part('implant-kind').selectOption('predicted');
  await cranioplasty.setVisible('implant', false);
  const voxels = async () => {
    const segments = await cranioplasty.resultSegments();
    const of = (label: string) => segments.find((one) => one.label === label)?.voxels ?? 0;
    return { patch: of(SHAPES.patch.label), implant: of(SHAPES.implant.label) };
  };
  const place = await centreOf(page, SHAPES.patch.label);
  await showPlace(page, place);
  const before = await voxels();
  await page.screenshot({ path: 'test/artifacts/toolbar.png' });

  await button('Brush').click();
  await stroke(page, 'cranioplasty-axial', place);
  await expect.poll(async () => (await voxels()).patch).toBeGreaterThan(before.patch);
  await expect(part('edited-patch')).toHaveText('Edited by hand');
  const painted = await voxels();
  expect(painted.implant).toBe(before.implant);

  await button('Eraser').click();
  await stroke(page, 'cranioplasty-coronal', place);
  await expect.poll(async () => (await voxels()).patch).toBeLessThan(painted.patch);

  const takeScissors = async (name: string) => {
    await page.getByTestId('CranioplastyScissors-split-button-secondary').click();
    await page.screenshot({ path: 'test/artifacts/toolbar-scissors.png' });
    // The button itself bears the name of what was taken last.
    await page.locator(`[role=menuitem][data-cy=Cranioplasty${name}]`).click();
  };
  // Each on another plane: what one takes away the next is not to find gone.
  for (const [name, plane] of [
    ['CutRectangle', 'cranioplasty-axial'],
    ['CutCircle', 'cranioplasty-sagittal'],
  ] as const) {
    const { patch } = await voxels();
    await takeScissors(name);
    await drag(page, plane, place, 14);
    await expect.poll(async () => (await voxels()).patch, name).toBeLessThan(patch);
  }
  for (const name of ['FillRectangle', 'FillCircle', 'FillSphere']) {
    const { patch } = await voxels();
    await takeScissors(name);
    await drag(page, 'cranioplasty-coronal', place, name === 'FillSphere' ? 20 : 14);
    await expect.poll(async () => (await voxels()).patch, name).toBeGreaterThan(patch);
  }
  expect((await voxels()).implant).toBe(before.implant);
  await page.screenshot({ path: 'test/artifacts/toolbar-edited.png' });

  await cranioplasty.setVisible('patch', false);
  await expect(part('brush-hidden')).toBeVisible();
  const hidden = await voxels();
  for (const name of ['Brush', 'Eraser']) {
    await button(name).click();
    await stroke(page, 'cranioplasty-axial', place);
  }
  for (const name of ['CutRectangle', 'CutCircle', 'FillRectangle', 'FillCircle', 'FillSphere']) {
    await takeScissors(name);
    await drag(page, 'cranioplasty-axial', place, 14);
    expect(await voxels(), name).toEqual(hidden);
  }
});
