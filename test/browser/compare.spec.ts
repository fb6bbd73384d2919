import {
  dragAcross,
  pixelsOfColour,
  plantBall,
  viewDirections,
  viewportsShowing,
  type SegmentDigest,
} from './support/cornerstone.ts';
import type { CranioplastyPage } from './pages/CranioplastyPage.ts';
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
  await cranioplasty.startReconstruction('continuation');
  await cranioplasty.waitForResult();
  await cranioplasty.save();
  const [computed] = patchesAmong(await cranioplasty.resultSegments());
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

  await test.step('and the shapes that go with the bone, of which one is taken', () =>
    chooseAmongThree(cranioplasty, computed));
});

const patchesAmong = (segments: readonly SegmentDigest[]): SegmentDigest[] =>
  segments.filter(({ label }) => label === 'Skull patch');

/** A user looks at the flatter, the expected and the fuller shape and takes another one, and the first one again. */
async function chooseAmongThree(
  cranioplasty: CranioplastyPage,
  computed: SegmentDigest,
): Promise<void> {
  const { page } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  const patches = async () => patchesAmong(await cranioplasty.resultSegments());
  await cranioplasty.unfoldAll();
  const edited = await patches();

  await part('alternatives-start').click();
  await expect(cranioplasty.stage).toContainText('Fuller, 1 of 2');
  await cranioplasty.cancelButton.click();
  await expect(cranioplasty.stage).toBeHidden();
  await expect(cranioplasty.error).toBeHidden();
  expect(await patches()).toEqual(edited);

  await part('alternatives-start').click();
  await expect(cranioplasty.stage).toContainText('Flatter, 2 of 2', { timeout: 3 * 60_000 });
  await expect(part('alternative-fuller')).toContainText('mm apart', { timeout: 3 * 60_000 });
  await expect(cranioplasty.stage).toBeHidden();
  await expect
    .poll(async () => Object.keys(await viewDirections(page)).sort())
    .toEqual(['cranioplasty-3d-expected', 'cranioplasty-3d-flatter', 'cranioplasty-3d-fuller']);
  await expect(part('3d-note')).toHaveText([
    /^Flatter .* ml\s*[\d.]+ mm/,
    /^Expected .* ml$/,
    /^Fuller/,
  ]);
  await expect
    .poll(async () => (await cranioplasty.pixelsOf('patch'))['cranioplasty-3d-expected'])
    .toBeGreaterThan(100);
  const turned = await viewDirections(page);
  expect(new Set(Object.values(turned).map(String)).size, 'directions of view').toBe(1);
  await expect(page.getByText('Converting Labelmap')).toHaveCount(0);
  await part('alternatives-legend').scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'test/artifacts/three.png' });
  await dragAcross(page, 'cranioplasty-3d-expected');
  await expect
    .poll(async () => {
      const now = await viewDirections(page);
      return String(now['cranioplasty-3d-flatter']) === String(now['cranioplasty-3d-fuller'])
        ? String(now['cranioplasty-3d-flatter'])
        : '';
    }, 'turning one turns all')
    .toBe(String((await viewDirections(page))['cranioplasty-3d-expected']));

  // What was painted stays part of the patch, but where bone is.
  await part('alternative-fuller-keep').click();
  await expect(part('alternative-fuller')).toContainText('The result', { timeout: 120_000 });
  await expect(cranioplasty.stage).toBeHidden({ timeout: 120_000 });
  await expect
    .poll(async () => Object.keys(await viewDirections(page)))
    .toEqual(['cranioplasty-3d']);
  await expect.poll(() => cranioplasty.visibleSurfaces()).toContain('cranioplasty-patch');
  await expect(part('edited-patch')).toHaveText('Edited by hand', { timeout: 120_000 });
  await page.screenshot({ path: 'test/artifacts/three-taken.png' });
  expect(await patches()).toHaveLength(1);
  // Without it the first shape is what it was, and the edited patch stays beside it.
  await part('alternative-expected-drop').click();
  await expect(part('alternative-expected')).toContainText('The result', { timeout: 120_000 });
  await expect(cranioplasty.stage).toBeHidden({ timeout: 120_000 });
  await expect(part('edited-patch')).toBeHidden();
  await expect.poll(patches).toHaveLength(2);
  expect(await patches()).toContainEqual(computed);
}
