import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { phantomIdentity } from '../conformance/phantom.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';
import { headHu, scan, tableSteps } from '../support/scannedHead.ts';
import { send } from './support/studies.ts';
import { expect, test } from './support/test.ts';

const program = fileURLToPath(new URL('../../cli/bin/cranioplasty.mjs', import.meta.url));
const cranioplasty = (...words: string[]) => execFileSync(process.execPath, [program, ...words]);

let folder = '';
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'straightened-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A tilted CT as the command line leaves it: straightened, with its skull and a result. */
async function straightenedStudy() {
  const [ct, straight, out] = ['ct', 'straightened', 'out'].map((name) => join(folder, name));
  mkdirSync(ct);
  const how = { tilt: 20, table: tableSteps(-150, 150, 3), pixels: 120, pixel: 2 };
  scan(headHu(await shippedAtlas()), how).forEach((file, k) =>
    writeFileSync(join(ct, `${k}.dcm`), new Uint8Array(file)),
  );
  const skull = join(folder, 'skull.dcm');
  cranioplasty('segment', ct, '--out', skull);
  const series = ['--ct', ct, '--straightened-ct', straight];
  const method = ['--method', 'continuation', '--model', 'lite', '--design', '--out', out];
  cranioplasty('reconstruct', skull, ...series, ...method);
  const files = [ct, straight, out].flatMap((from) =>
    readdirSync(from)
      .filter((name) => name.endsWith('.dcm'))
      .map((name) => new Uint8Array(readFileSync(join(from, name)))),
  );
  const slices = readdirSync(straight).length;
  return { patient: 'Phantom, Test', uid: phantomIdentity.studyInstanceUID, files, slices };
}

/** What the command line made of a CT that the viewer refuses is a case like any other, with the straightened CT. */
test('opens a result of a tilted CT on the straightened one', async ({
  cranioplasty: panel,
  viewer,
}) => {
  const { page } = panel;
  const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
  const study = await straightenedStudy();
  await send(viewer.dicomweb, study);
  await panel.open(viewer.origin, study.uid);
  await expect(part('ct').locator('option:checked')).toContainText(`${study.slices} images`);
  await part('reopen').click();
  await panel.waitForResult();
  await expect(part('reopened').locator('li')).toHaveCount(0);
  await expect(part('implant')).toHaveAttribute('data-designing', 'false');
  // The colours of a design that was not made here.
  await part('implant-colours').selectOption('gap');
  await expect(part('implant-legend')).toBeVisible();
  await part('implant-legend').scrollIntoViewIfNeeded();
  await expect(panel.error).toBeHidden();
  await page.screenshot({ path: 'test/artifacts/straightened.png' });
});
