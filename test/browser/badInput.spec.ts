import { expect, test } from './support/test.ts';
import { startViewer } from './support/viewerServer.ts';
import { demoStudy } from './support/demoStudy.ts';
import { inferenceWorkers } from './support/workers.ts';
import { mrStudy, segmentationOnlyStudy, send, unreferencedStudy } from './support/studies.ts';

test('does not offer the mode for MR, and says what to do when opened by address', async ({
  cranioplasty,
  page,
  viewer,
}) => {
  const study = mrStudy();
  await send(viewer.dicomweb, study);
  await page.goto(`${viewer.origin}/`);
  await page.getByText(study.patient).click();
  await expect(page.getByRole('button', { name: 'Basic Viewer' })).toBeEnabled();
  await expect(page.getByRole('button', { name: 'Cranioplasty', exact: true })).toBeHidden();

  await cranioplasty.open(viewer.origin, study.uid);
  await expect(cranioplasty.error).toHaveText(
    'This study holds MR, not CT: open a study with a head CT.',
  );
});

test('says that a study without a CT cannot be used', async ({ cranioplasty, viewer }) => {
  const study = segmentationOnlyStudy();
  await send(viewer.dicomweb, study);
  await cranioplasty.open(viewer.origin, study.uid);
  await expect(cranioplasty.error).toHaveText(
    'There is no CT in this study: open a study with a head CT.',
  );
});

test('offers a skull that does not say which series it was made on', async ({
  cranioplasty,
  viewer,
}) => {
  const study = unreferencedStudy();
  await send(viewer.dicomweb, study);
  await cranioplasty.open(viewer.origin, study.uid);
  await cranioplasty.chooseSkull(/^Skull – /);
  await expect(cranioplasty.reconstructButton).toBeEnabled();
  await expect(cranioplasty.error).toBeHidden();
});

test('refuses to run weights that were altered on the way', async ({
  context,
  cranioplasty,
  viewer,
}) => {
  await context.route(/\/models\/[^/]+\/.*\.onnx$/, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[Math.floor(body.length / 2)] ^= 1;
    await route.fulfill({ response, body });
  });
  await cranioplasty.open(viewer.origin, demoStudy.uid);
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.startReconstruction();
  await expect(cranioplasty.error).toContainText(
    'does not match the hash in its manifest and will not be run',
  );
  await expect(cranioplasty.result).toBeHidden();
});

test('goes on without WebGPU and says so, and Cancel stops it', async ({
  cranioplasty,
  page,
  viewer,
}) => {
  await cranioplasty.open(viewer.origin, demoStudy.uid);
  await cranioplasty.chooseSkull(demoStudy.skull);
  // The default model would be done before one has looked.
  await cranioplasty.unfoldAll();
  await page.getByTestId('cranioplasty-model-choice').selectOption('ct-base');
  await cranioplasty.startReconstruction();
  await expect(cranioplasty.panel).toContainText('WebGPU could not be used');
  await expect(cranioplasty.provider).toContainText('WebAssembly');
  // That of the run, and those that help it.
  expect(inferenceWorkers(page)).not.toHaveLength(0);

  await cranioplasty.cancelButton.click();
  await expect(cranioplasty.stage).toBeHidden();
  await expect.poll(() => inferenceWorkers(page)).toHaveLength(0);
  await expect(cranioplasty.reconstructButton).toBeEnabled();
  await expect(cranioplasty.result).toBeHidden();
});

test('asks before it is left during a run, and then really stops', async ({
  cranioplasty,
  page,
  viewer,
}) => {
  await cranioplasty.openFromWorklist(viewer.origin, demoStudy.patient);
  await cranioplasty.chooseSkull(demoStudy.skull);
  // The default model would be done before one has looked.
  await cranioplasty.unfoldAll();
  await page.getByTestId('cranioplasty-model-choice').selectOption('ct-base');
  await cranioplasty.startReconstruction();
  await expect(cranioplasty.provider).toContainText('WebAssembly');
  // That of the run, and those that help it.
  expect(inferenceWorkers(page)).not.toHaveLength(0);

  // Asked first, and not left against the user's will, by whichever way back.
  const asked: string[] = [];
  let answer: 'accept' | 'dismiss' = 'dismiss';
  page.on('dialog', async (dialog) => {
    asked.push(dialog.type() === 'beforeunload' ? 'beforeunload' : dialog.message());
    await dialog[answer]();
  });
  const running = /^The reconstruction is still going on and will be stopped\./;
  await page.getByTestId('return-to-work-list').click();
  await expect.poll(() => asked).toEqual([expect.stringMatching(running)]);
  await page.evaluate(() => history.back());
  await expect.poll(() => asked).toEqual(Array(2).fill(expect.stringMatching(running)));
  await expect(page).toHaveURL(/\/cranioplasty/);
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked.at(2)).toBe('beforeunload');
  await expect(page).toHaveURL(/\/cranioplasty/);
  expect(inferenceWorkers(page)).not.toHaveLength(0);
  await expect(cranioplasty.stage).toBeVisible();

  answer = 'accept';
  await page.getByTestId('return-to-work-list').click();
  await expect(page.getByText('Study List')).toBeVisible();
  await expect.poll(() => inferenceWorkers(page)).toHaveLength(0);
});

test('says that the PACS refused and keeps the result', async ({
  context,
  cranioplasty,
  viewer,
}) => {
  await context.route('**/dicomweb/studies**', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 403, body: 'read only' })
      : route.fallback(),
  );
  await cranioplasty.open(viewer.origin, demoStudy.uid);
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.startReconstruction('mirror');
  await cranioplasty.waitForResult();
  await cranioplasty.saveButton.click();
  await expect(cranioplasty.error).toContainText(
    'The PACS refused the segmentation (HTTP 403), it was not saved',
  );
  await expect(cranioplasty.saved).toBeHidden();
  await expect(cranioplasty.result).toBeVisible();
  await expect(cranioplasty.saveButton).toBeEnabled();
});

test('says what was stored where the PACS takes the segmentation alone, and tries the rest again', async ({
  context,
  cranioplasty,
  viewer,
}) => {
  const posts: boolean[] = [];
  const segmentation = '1.2.840.10008.5.1.4.1.1.66.4';
  let refusing = true;
  await context.route('**/dicomweb/studies**', (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    // Others refer to it, but only its own file begins with it.
    const own = route.request().postDataBuffer()?.subarray(0, 1000).includes(segmentation) ?? false;
    posts.push(own);
    return own || !refusing ? route.fallback() : route.fulfill({ status: 403 });
  });
  await cranioplasty.open(viewer.origin, demoStudy.uid);
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.startReconstruction('mirror');
  await cranioplasty.waitForResult();
  await cranioplasty.saveButton.click();
  await expect(cranioplasty.error).toContainText('Stored and read back: the segmentation.');
  await expect(cranioplasty.error).toContainText("The PACS refused the implant's STL (HTTP 403)");
  await expect(cranioplasty.saved).toContainText('but for');
  await cranioplasty.page.screenshot({ path: 'test/artifacts/partly-saved.png' });

  refusing = false;
  await cranioplasty.saveButton.click();
  await expect(cranioplasty.saved).toHaveText('Saved and read back');
  await expect(cranioplasty.error).toBeHidden();
  expect(posts).toEqual([true, false, false, false, false]);
});

test('names the PACS that does not answer', async ({ page }) => {
  const viewer = await startViewer({ pacs: 'http://127.0.0.1:1/dicom-web' });
  try {
    await page.goto(`${viewer.origin}/`);
    await expect(page.getByRole('dialog')).toContainText('PACS at http://127.0.0.1:1/dicom-web');
  } finally {
    await viewer.stop();
  }
});
