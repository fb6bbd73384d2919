import type { Page } from '@playwright/test';
import { send, thickAndThinStudy, tiltedStudy } from './support/studies.ts';
import { expect, test } from './support/test.ts';

/** Number of slices of what each plane shows, as the axial one counts them. */
const slicesShown = (page: Page) =>
  page.evaluate(() => {
    const axial = globalThis.__cranioplastyHost['@cornerstonejs/core']
      .getRenderingEngines()
      .flatMap((engine) => engine.getViewports())
      .find(({ id }) => id === 'cranioplasty-axial') as
      { getNumberOfSlices?(): number } | undefined;
    return axial?.getNumberOfSlices?.();
  });

/** Of several series the mode takes the right one, names it, and warns of a wrong one. */
test('takes the thin series, offers the thick one and warns of it', async ({
  cranioplasty,
  viewer,
}) => {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  const chosen = part('ct').locator('option:checked');
  const study = thickAndThinStudy();
  await send(viewer.dicomweb, study);
  await cranioplasty.open(viewer.origin, study.uid);
  await expect(chosen).toContainText('Fine: 1.5 mm slices, 108 images');
  await expect(chosen).toContainText('best suited');
  await expect(part('patient')).toContainText(study.patient);
  await expect(part('ct-warning')).toBeHidden();
  await expect.poll(() => slicesShown(page)).toBe(108);

  await part('ct').selectOption({ label: 'Overview: 7.5 mm slices, 22 images' });
  await expect(part('ct-warning')).toContainText('7.5 mm thick');
  await expect.poll(() => slicesShown(page)).toBe(22);
  await page.screenshot({ path: 'test/artifacts/thick-series.png' });

  // What is no threshold of bone is not taken.
  const segment = part('segment-bone');
  for (const wrong of ['-500', '', '25']) {
    await part('threshold').fill(wrong);
    await expect(part('threshold-wrong')).toContainText('from 100 to 1000 HU');
    await expect(segment).toBeDisabled();
  }
  await part('threshold').fill('300');
  await expect(part('threshold-wrong')).toBeHidden();
  await segment.click();
  await expect(cranioplasty.skullSource.locator('option:checked')).toContainText('≥ 300 HU');
});

/** The viewer stacks slices straight above each other, so it would show the head sheared. */
test('says of a tilted CT that the command line straightens it', async ({
  cranioplasty,
  viewer,
}) => {
  const study = tiltedStudy();
  await send(viewer.dicomweb, study);
  await cranioplasty.open(viewer.origin, study.uid);
  await expect(cranioplasty.error).toHaveText(
    'The CT was taken with a gantry tilted by 12.0°, so the viewer would show it distorted: choose a series that was reformatted on a regular grid, or use the command line, which straightens it and writes that series with --straightened-ct.',
  );
  const chosen = cranioplasty.page.getByTestId('cranioplasty-ct').locator('option:checked');
  await expect(chosen).toContainText('cannot be used');
});
