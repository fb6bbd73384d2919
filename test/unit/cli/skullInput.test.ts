import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSkullInput } from '../../../cli/src/io/skullInput.ts';
import { readCtFiles } from '../../../extension/src/dicom/ct/ctPixels.ts';
import { drawnOnSlices } from '../../support/drawnOnSlices.ts';
import { scan, tableSteps, type Scan } from '../../support/scannedHead.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const algorithm = { type: 'AUTOMATIC', name: 'ball', version: '1' } as const;
const skull = { kind: 'skull', label: 'Ball', algorithm } as const;

const irregular: [string, Scan, RegExp][] = [
  ['tilted', { tilt: 12, table: tableSteps(-20, 20, 2) }, /shifted against each other/],
  ['uneven', { table: [...tableSteps(-20, 0, 2), ...tableSteps(3, 21, 3)] }, /unevenly spaced/],
];

it.each(irregular)(
  'a segmentation drawn on %s slices is refused without its CT, and says so',
  async (_, how, fault) => {
    const ct = readCtFiles(scan(() => 0, { pixels: 24, pixel: 2, ...how }));
    const path = join(await temporaryFolder(), 'skull.dcm');
    writeFileSync(path, new Uint8Array(drawnOnSlices(ct.series, skull)));
    const refused = () => readSkullInput(path);
    await expect(refused()).rejects.toThrow(fault);
    await expect(refused()).rejects.toThrow(
      /^skull\.dcm: .*: give the CT that it was drawn on with --ct, .*\.$/,
    );
    // And that is the way out.
    expect((await readSkullInput(path, undefined, ct)).mask.grid).toEqual(ct.series.grid);
  },
);
