import {
  dragAcross,
  pixelsOfColour,
  plantBall,
  viewDirections,
  viewportsShowing,
} from './support/cornerstone.ts';
import { demoStudy } from './support/demoStudy.ts';
import { expect, test } from './support/test.ts';

/** The end of the scale where a shape stands out of the other. */
const standsOut = [103, 0, 31] as const;
const [first, second] = ['cranioplasty-3d-first', 'cranioplasty-3d-second'] as const;

/** A user looks at two shapes of one case side by side, and at what they differ by. */
test('shows two shapes side by side with a table of differences', async ({
  cranioplasty,
  viewer,
}) => {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  await cranioplasty.openFromWorklist(viewer.origin, demoStudy.patient);
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.startReconstruction('mirror');
  await cranioplasty.waitForResult();
  await cranioplasty.save();
  // What was stored against what the user makes of it.
  await plantBall(page, 'Skull patch', 6);
  const stored = part('compare-second')
    .locator('option')
    .filter({ hasText: /^(?!.*result).*Skull patch/ });
  await part('compare-second').selectOption((await stored.first().getAttribute('value')) ?? '');
  await part('compare-run').click();
  await expect(part('differences')).toContainText('Volume', { timeout: 60_000 });
  // By now the designed implant has followed the patch.
  const segments = await cranioplasty.resultSegments();

  await expect.poll(async () => Object.keys(await viewDirections(page))).toContain(second);
  // Above each stands which it is.
  await expect(part('3d-note')).toHaveCount(2);
  await expect(part('3d-note').first()).toHaveText('Skull patch of this result');
  const red = async () => (await pixelsOfColour(page, standsOut))[first] ?? 0;
  await expect.poll(red, 'red pixels of the ball').toBeGreaterThan(30);
  expect((await pixelsOfColour(page, standsOut))[second]).toBe(0);
  await page.screenshot({ path: 'test/artifacts/compare.png' });
  const converted = page.getByText('Converting Labelmap');
  await expect(converted).toHaveCount(0);

  const before = await viewDirections(page);
  expect(before[second]).toEqual(before[first]);
  await dragAcross(page, first);
  await expect.poll(async () => (await viewDirections(page))[first]).not.toEqual(before[first]);
  await expect
    .poll(async () => {
      const now = await viewDirections(page);
      return JSON.stringify(now[first]) === JSON.stringify(now[second]);
    }, 'turning one turns the other')
    .toBe(true);
  await part('compare-legend').scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'test/artifacts/compare-turned.png' });

  await part('side-by-side').click();
  await expect.poll(async () => Object.keys(await viewDirections(page))).not.toContain(second);
  await expect.poll(() => cranioplasty.visibleSurfaces()).toContain('cranioplasty-patch');
  expect(await cranioplasty.resultSegments()).toEqual(segments);
  await cranioplasty.setVisible('implant', false);
  await cranioplasty.lookAt('patch');
  await expect
    .poll(
      async () => Object.values(await cranioplasty.pixelsOf('patch')).filter((n) => n > 20).length,
    )
    .toBe(4);
  // The skull's segment, too, is on all planes again.
  await expect
    .poll(() => viewportsShowing(page, 'Skull'))
    .toEqual(
      expect.arrayContaining([
        'cranioplasty-axial',
        'cranioplasty-sagittal',
        'cranioplasty-coronal',
      ]),
    );
  await page.screenshot({ path: 'test/artifacts/compare-off.png' });
});
