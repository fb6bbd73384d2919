import type { ViewerServer } from './support/viewerServer.ts';
import type { CranioplastyPage, Shape } from './pages/CranioplastyPage.ts';
import { demoStudy } from './support/demoStudy.ts';
import { expect, test } from './support/test.ts';

const PLANES = ['cranioplasty-axial', 'cranioplasty-sagittal', 'cranioplasty-coronal'];
const VIEWPORTS = [...PLANES, 'cranioplasty-3d'];
/** Loading a study with two segmentations, with other work beside it. */
const LOADING_TIMEOUT = 3 * 60_000;
const shapes: Shape[] = ['patch', 'implant'];

/** The job of the product: a defective skull in the PACS becomes a stored, verified reconstruction. */
async function wholePath(
  cranioplasty: CranioplastyPage,
  viewer: ViewerServer,
  screenshot: string,
): Promise<void> {
  const { page } = cranioplasty;
  await cranioplasty.openFromWorklist(viewer.origin, demoStudy.patient);
  await expect(cranioplasty.panel).toContainText('Research use only');
  await cranioplasty.chooseSkull(demoStudy.skull);
  const terms = 'non-commercial research use';
  await expect(page.getByTestId('cranioplasty-model-choice-terms')).toContainText(terms);
  await cranioplasty.startReconstruction();
  await cranioplasty.waitForResult();
  await expect(page.getByTestId('cranioplasty-model-terms')).toContainText(terms);
  await expect(cranioplasty.provider).toContainText('WebAssembly');

  expect(await cranioplasty.visibleSurfaces()).toEqual([
    // The implant, which overlaps the patch, is shown on request.
    'cranioplasty-patch',
    'cranioplasty-skull',
  ]);
  await cranioplasty.setVisible('implant', true);
  for (const [shape, other] of [shapes, [...shapes].reverse()]) {
    // One at a time, because they overlap and in 3D one can hide the other.
    await cranioplasty.setVisible(other, false);
    await expect
      .poll(() => cranioplasty.viewportsShowing(other), `viewports with the ${other} switched on`)
      .toEqual([]);
    await cranioplasty.lookAt(shape);
    await expect
      .poll(async () => {
        const pixels = await cranioplasty.pixelsOf(shape);
        return VIEWPORTS.filter((viewport) => pixels[viewport] >= 20);
      }, `viewports that show the ${shape}`)
      .toEqual(VIEWPORTS);
    await expect
      .poll(async () => Object.values(await cranioplasty.pixelsOf(other)), `hidden ${other}`)
      .toEqual(VIEWPORTS.map(() => 0));
    await cranioplasty.setVisible(other, true);
  }
  await page.screenshot({ path: screenshot });
  await seeConfidence(cranioplasty, screenshot.replace('.png', '-confidence.png'));

  const figures = await cranioplasty.rehearse();
  await expect(figures).toContainText(/Overlap \(Dice\)\s*0\.\d\d/, { useInnerText: true });
  await figures.scrollIntoViewIfNeeded();
  await page.screenshot({ path: screenshot.replace('.png', '-rehearsal.png') });

  const reconstructed = await cranioplasty.resultSegments();
  expect(reconstructed.map(({ label }) => label)).toEqual(['Implant', 'Skull patch']);
  for (const { label, voxels } of reconstructed) expect(voxels, label).toBeGreaterThan(1000);

  const { series, instance } = await cranioplasty.save();
  const stored = await page.request.get(
    `${viewer.dicomweb}/studies/${demoStudy.uid}/series/${series}/instances/${instance}/metadata`,
  );
  expect(stored.ok()).toBe(true);

  await page.reload();
  await expect(cranioplasty.panel).toBeVisible();
  await expect
    .poll(() => cranioplasty.resultSegments(), { timeout: LOADING_TIMEOUT })
    .toEqual(reconstructed);
}

/** The patch in 3D changes its colour to where the network is not sure, and back. */
async function seeConfidence(cranioplasty: CranioplastyPage, screenshot: string): Promise<void> {
  const { page } = cranioplasty;
  const greenIn3d = async () => (await cranioplasty.pixelsOf('patch'))['cranioplasty-3d'];
  await cranioplasty.setVisible('implant', false);
  await expect(page.getByTestId('cranioplasty-agreement')).toContainText('Two opinions apart');
  const toggle = page.getByTestId('cranioplasty-show-disagreement');
  await toggle.click();
  await expect(page.getByTestId('cranioplasty-disagreement-legend')).toBeVisible();
  await expect.poll(greenIn3d, 'green patch in 3D').toBe(0);
  await page.screenshot({ path: screenshot });
  await toggle.click();
  await expect.poll(greenIn3d, 'green patch in 3D').toBeGreaterThan(20);
  await cranioplasty.setVisible('implant', true);
}

test('reconstructs, stores and loads again in the embedded store', async ({
  cranioplasty,
  viewer,
}) => {
  await wholePath(cranioplasty, viewer, 'test/artifacts/embedded-store.png');
});

test('reconstructs, stores and loads again in Orthanc', async ({ cranioplasty, pacsViewer }) => {
  await wholePath(cranioplasty, pacsViewer, 'test/artifacts/orthanc.png');
});
