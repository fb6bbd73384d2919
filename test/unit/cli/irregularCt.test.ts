import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readReport } from '../../../extension/src/dicom/report/readReport.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import { headHu, scan, tableSteps } from '../../support/scannedHead.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Line {
  readonly event: string;
  readonly message?: string;
  readonly resampled?: object;
}

/** The lines that a command writes. */
function cranioplasty(...words: string[]): Line[] {
  const program = join(root, 'cli/bin/cranioplasty.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words, '--json'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const said = (lines: readonly Line[]) =>
  lines.filter(({ event }) => event === 'warning').map(({ message }) => message);

it('straightens a tilted CT with two slice distances, and says so wherever a result is read', async () => {
  const folder = await temporaryFolder();
  const ct = join(folder, 'ct');
  mkdirSync(ct);
  const table = [...tableSteps(-150, 0, 3), ...tableSteps(6, 150, 6)];
  const files = scan(headHu(await shippedAtlas()), { tilt: 20, table, pixels: 120, pixel: 2 });
  files.forEach((file, k) => writeFileSync(join(ct, `${k}.dcm`), new Uint8Array(file)));
  const notes = [
    expect.stringContaining('tilted by 20.0°'),
    expect.stringContaining('2.82 to 5.64 mm apart'),
  ];
  const resampled = {
    tilt: expect.closeTo(20, 3) as number,
    sliceDistances: [expect.closeTo(2.819, 3), expect.closeTo(5.638, 3)],
    sliceDistance: expect.closeTo(2.819, 3) as number,
  };

  const skull = join(folder, 'skull.dcm');
  const segmented = cranioplasty('segment', ct, '--out', skull);
  expect(said(segmented)).toEqual(notes);
  expect(segmented.at(-1)).toMatchObject({ event: 'done', resampled, warnings: notes });

  const out = join(folder, 'out');
  const how = ['--method', 'continuation', '--model', 'lite'];
  const lines = cranioplasty('reconstruct', skull, '--ct', ct, '--out', out, ...how);
  expect(said(lines).slice(0, 2)).toEqual(notes);
  expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toMatchObject({
    input: { resampled },
    warnings: expect.arrayContaining(
      notes.map((message) => ({ code: 'resampled-ct', message: message as string })),
    ) as unknown,
  });
  const { segments } = readSegmentation(readFileSync(join(out, 'reconstruction.dcm')));
  for (const { description } of segments) expect(description).toMatch(/straightened grid/);
  const { record } = readReport(readFileSync(join(out, 'report.dcm')));
  expect(record?.reconstruction?.warnings.slice(0, 2).map(({ message }) => message)).toEqual(notes);
}, 60_000);
