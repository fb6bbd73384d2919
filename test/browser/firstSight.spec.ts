import { type Locator, type Page } from '@playwright/test';
import { viewDirections } from './support/cornerstone.ts';
import { demoStudy } from './support/demoStudy.ts';
import { survey } from './support/panelSurvey.ts';
import { expect, test } from './support/test.ts';

/** More words than these are not read before one acts. */
const MOST_WORDS = 90;

/** Presses Tab until a control has the focus, as one does who has no mouse. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeEnabled();
  for (let press = 0; press < 60; press++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${String(wanted)}`);
}

/** Width of the outline around what has the focus, px. */
const outlineOf = (control: Locator) =>
  control.evaluate((element) => parseFloat(getComputedStyle(element).outlineWidth));

/** Controls of the panel whose accessible name is not what stands beside or in them. */
async function wrongNames(panel: Locator): Promise<string[]> {
  return panel.evaluate((root) =>
    [...root.querySelectorAll<HTMLInputElement>('[role="switch"], input, select')].flatMap(
      (control) => {
        const visible = control.labels?.[0]?.textContent?.trim().replace(/\s+/g, ' ');
        const given = control.getAttribute('aria-label');
        return visible && !given ? [] : [control.dataset.cy ?? control.outerHTML];
      },
    ),
  );
}

/** What a user sees first, and without a mouse. */
test('shows the result first, in few words, by the keyboard alone', async ({
  cranioplasty,
  viewer,
}) => {
  const { page, panel } = cranioplasty;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  cranioplasty.keepFolds = true;
  await cranioplasty.open(viewer.origin, demoStudy.uid);
  // What is not there yet is said where it will be.
  await expect(page.getByTestId('cranioplasty-3d-note')).toContainText(/CT|skull/);
  await page.screenshot({ path: 'test/artifacts/first-sight-waiting.png' });
  await cranioplasty.chooseSkull(demoStudy.skull);
  await expect.poll(() => cranioplasty.visibleSurfaces()).not.toEqual([]);
  await expect(page.getByTestId('cranioplasty-3d-note')).toHaveCount(0);
  const before = await survey(panel);
  await page.screenshot({ path: 'test/artifacts/first-sight-before.png' });

  await cranioplasty.skullSource.focus();
  await tabTo(page, cranioplasty.reconstructButton);
  expect(await outlineOf(cranioplasty.reconstructButton)).toBeGreaterThan(1);
  await page.keyboard.press('Enter');
  await cranioplasty.waitForResult();
  await expect(part('implant')).toHaveAttribute('data-designing', 'false');
  await expect(part('summary')).toContainText(/right frontal, \d+ mm/);
  const after = await survey(panel);
  // Told in full, beside what is asserted of it.
  console.log(`before the run ${JSON.stringify(before)}`);
  console.log(`after the run ${JSON.stringify(after)}`);
  expect(after.words).toBeLessThanOrEqual(MOST_WORDS);

  // The patch alone, seen from the defect's side: from the front and the right.
  expect(await cranioplasty.visibleSurfaces()).toEqual([
    'cranioplasty-patch',
    'cranioplasty-skull',
  ]);
  const [x, y] = (await viewDirections(page))['cranioplasty-3d'];
  expect(x).toBeLessThan(-0.2);
  expect(y).toBeLessThan(-0.2);
  await page.screenshot({ path: 'test/artifacts/first-sight.png' });

  await panel.locator('summary, button').first().focus();
  await tabTo(page, cranioplasty.saveButton);
  expect(await outlineOf(cranioplasty.saveButton)).toBeGreaterThan(1);
  await page.keyboard.press('Enter');
  await expect(cranioplasty.saved).toBeVisible({ timeout: 120_000 });

  // Folds, lists and sliders, too.
  const look = panel.locator('summary', { hasText: 'Look and edit' });
  await look.focus();
  await page.keyboard.press('Enter');
  const opacity = page.getByRole('slider', { name: 'Skull patch, opacity', exact: true });
  await tabTo(page, opacity);
  expect(await outlineOf(opacity)).toBeGreaterThan(1);
  await page.keyboard.press('ArrowLeft');
  await expect(opacity).toHaveValue('0.9');
  await page.screenshot({ path: 'test/artifacts/first-sight-keyboard.png' });

  cranioplasty.keepFolds = false;
  await cranioplasty.unfoldAll();
  expect(await wrongNames(panel), 'controls named otherwise than they read').toEqual([]);
  await page.getByRole('switch', { name: 'Implant', exact: true }).press('Space');
  await expect.poll(() => cranioplasty.visibleSurfaces()).toContain('cranioplasty-implant');
  await expect(panel.getByRole('button').and(page.locator(':not([aria-label]):empty'))).toHaveCount(
    0,
  );
});

test.describe('on the first visit', () => {
  test.use({ tour: true });

  test('a short tour leads through the panel, and is not shown again', async ({
    cranioplasty,
    viewer,
  }) => {
    const { page } = cranioplasty;
    const step = page.getByRole('dialog').filter({ visible: true });
    await cranioplasty.open(viewer.origin, demoStudy.uid);
    await expect(step).toContainText('The defective skull');
    await page.screenshot({ path: 'test/artifacts/tour.png' });
    for (const title of ['Reconstruct', 'Look at it', 'Change it']) {
      await expect(step).toBeFocused();
      await page.keyboard.press('ArrowRight');
      await expect(step).toContainText(title);
    }
    await page.screenshot({ path: 'test/artifacts/tour-last.png' });
    await expect(step).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(step).toHaveCount(0);
    await page.reload();
    await expect(cranioplasty.panel).toBeVisible();
    await expect.poll(() => cranioplasty.visibleSurfaces()).not.toEqual([]);
    await expect(step).toHaveCount(0);
  });
});

test.describe('in a German browser', () => {
  test.use({ locale: 'de' });

  test('speaks German', async ({ cranioplasty, viewer }) => {
    await cranioplasty.open(viewer.origin, demoStudy.uid);
    await expect(cranioplasty.panel).toContainText('Nur für die Forschung');
    await expect(cranioplasty.reconstructButton).toHaveText('Rekonstruieren');
    await cranioplasty.page.screenshot({ path: 'test/artifacts/german.png' });
  });
});
