import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readCtFolder } from '../../../cli/src/io/dicomFolder.ts';
import { straightenedCt } from '../../../cli/src/straightenedCt.ts';
import { assertRegular } from '../../../extension/src/dicom/ct/irregularSlices.ts';
import { summariseCt } from '../../../extension/src/dicom/ct/ctSummary.ts';
import { text } from '../../../extension/src/dicom/part10/attributes.ts';
import { parsePart10 } from '../../../extension/src/dicom/part10/part10.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { gridDistance } from '../../../extension/src/engine/space/grid.ts';
import { dice } from '../../../extension/src/engine/space/voxels.ts';
import { findSkull } from '../../../extension/src/services/reopening/findSkull.ts';
import { readCase } from '../../../extension/src/services/reopening/readCase.ts';
import {
  storedDesign,
  meshesOfSolids,
} from '../../../extension/src/services/reopening/storedDesign.ts';
import type { DisplaySet } from '../../../extension/src/types/ohif.ts';
import { listStoredResults } from '../../../extension/src/viewer/segments/listStoredResults.ts';
import {
  storedCandidates,
  storedObjects,
} from '../../../extension/src/viewer/segments/storedSkulls.ts';
import { ImplantDesigner } from '../../../extension/src/worker/ImplantDesigner.ts';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import { drawn, drawnOnSlices } from '../../support/drawnOnSlices.ts';
import { headHu, scan, tableSteps, type HuAt, type Scan } from '../../support/scannedHead.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function cranioplasty(...words: string[]) {
  const program = join(root, 'cli/bin/cranioplasty.mjs');
  const { status, stdout } = spawnSync(process.execPath, [program, ...words, '--json'], {
    encoding: 'utf8',
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; message?: string });
  const said = (event: string) =>
    lines.filter((line) => line.event === event).map(({ message }) => message ?? '');
  return { status, warnings: said('warning'), errors: said('error') };
}

const coarse = { pixels: 120, pixel: 2 };
const tilted: Scan = { tilt: 20, table: tableSteps(-150, 150, 3) };

/** A folder with the files of a scan. */
async function ctFolder(how: Scan, huAt: HuAt, matrix = coarse): Promise<string> {
  const folder = join(await temporaryFolder(), 'ct');
  mkdirSync(folder);
  scan(huAt, { ...how, ...matrix }).forEach((file, k) =>
    writeFileSync(join(folder, `${k}.dcm`), new Uint8Array(file)),
  );
  return folder;
}

const filesIn = (folder: string): ArrayBuffer[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => new Uint8Array(readFileSync(join(folder, name))).buffer);

it('a result of a tilted CT is opened again on the straightened one, with a skull drawn on the tilted slices', async () => {
  const huAt = headHu(await shippedAtlas());
  const ct = await ctFolder(tilted, huAt);
  const folder = join(ct, '..');
  const given = await readCtFolder(ct);
  const isBone = (...[position]: Parameters<HuAt>) => huAt(position) >= 250;
  const algorithm = { type: 'SEMIAUTOMATIC', name: 'brush', version: '1' } as const;
  const sheared = drawnOnSlices(given.series, { kind: 'skull', label: 'Bone', algorithm }, isBone);
  const skull = join(folder, 'skull.dcm');
  writeFileSync(skull, new Uint8Array(sheared));
  const [out, straight] = ['out', 'straightened'].map((name) => join(folder, name));
  const how = ['--method', 'continuation', '--model', 'lite', '--design', '--out', out];
  const ran = cranioplasty('reconstruct', skull, '--ct', ct, '--straightened-ct', straight, ...how);
  expect(ran).toMatchObject({ status: 0, errors: [] });
  expect(ran.warnings.some((message) => message.includes('The viewer opens'))).toBe(false);

  // The CT: regular, with the voxels on which all was computed.
  const { series, volume } = await readCtFolder(straight);
  assertRegular(series);
  expect(gridDistance(series.grid, given.series.grid)).toBeLessThan(1e-9);
  expect(volume.data).toEqual(given.volume.data);
  const { input } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as {
    input: object;
  };
  expect(input).toMatchObject({
    ctSeriesInstanceUID: given.series.seriesInstanceUID,
    straightenedCt: {
      seriesInstanceUID: series.seriesInstanceUID,
      slices: series.slices.length,
    },
  });

  expect(readdirSync(out)).toContain('straightened-skull.dcm');

  // What the viewer does with a study of all that.
  const stored = [...filesIn(out), sheared, ...filesIn(ct), ...filesIn(straight)];
  const instances = stored.map((file) => parsePart10(file).dataset);
  const pacs = {
    retrieve: async ({ sopInstanceUID }: { sopInstanceUID: string }) =>
      stored[instances.findIndex((one) => text(one, 'SOPInstanceUID') === sopInstanceUID)],
  };
  const cts = [given.series, series].map(({ slices, ...of }) => {
    const { studyInstanceUID, seriesInstanceUID } = of;
    const summary = summariseCt(slices.map(({ instance }) => instance));
    return { ct: { studyInstanceUID, seriesInstanceUID, label: 'Head' }, summary };
  });
  const [result, ...others] = listStoredResults(instances);
  expect(others).toEqual([]);
  const found = await readCase(result, pacs, series, cts);
  expect(found.unusable).toEqual([]);
  const record = found.report?.object.record;
  const display = { instances: series.slices.map(({ instance }) => instance) };
  const sources = storedObjects([], instances)
    .flatMap((object) => storedCandidates(object, display as unknown as DisplaySet))
    .map(({ source }) => source)
    .filter(({ isResult }) => !isResult);
  expect(sources).toHaveLength(2);
  const { source, sure, note } = findSkull(record?.reconstruction?.skull, sources, undefined);
  expect({ sure, note, label: source.label }).toMatchObject({ sure: true, note: undefined });
  if (source.kind !== 'stored') throw new Error('the skull is not stored');
  const object = readSegmentation(await pacs.retrieve(source.instance), { onto: series });
  const [segment] = object.segments;
  expect(segment).toMatchObject({
    label: 'Bone',
    description: expect.stringMatching(/^Straightened with the CT, from segmentation /) as string,
    algorithm: { type: 'SEMIAUTOMATIC', name: 'brush', version: '1' },
  });
  expect(object.referencedSeriesInstanceUID).toBe(series.seriesInstanceUID);
  const mask = segment.mask();
  expect(dice(mask.data, drawn(series.grid, isBone).data)).toBeGreaterThan(0.8);
  // And it is the skull that the implant was designed for: its colours come out again.
  const meshes = meshesOfSolids(found.solids.map((solid) => solid.object));
  const design = storedDesign(record, meshes, found.masks.implant);
  const toCanonical = record?.reconstruction?.alignment.toCanonical;
  if (!design || !toCanonical) throw new Error('the design is not stored whole');
  const designer = new ImplantDesigner(() => Promise.reject(new Error('not needed')));
  const from = { skull: mask, patch: found.masks.patch };
  const { gap } = designer.map({ from, toCanonical, design });
  expect(gap.some((value) => value > 0)).toBe(true);

  // The same again is the same, and on it all goes without an option.
  const again = join(folder, 'again.dcm');
  expect(cranioplasty('segment', ct, '--out', again, '--straightened-ct', straight)).toMatchObject({
    status: 0,
  });
  expect(readSegmentation(readFileSync(again), { onto: series }).referencedSeriesInstanceUID).toBe(
    series.seriesInstanceUID,
  );
  expect(readdirSync(straight)).toHaveLength(series.slices.length);
}, 120_000);

it('without the straightened CT it is said that the viewer does not open it', async () => {
  const ct = await ctFolder(tilted, headHu(await shippedAtlas()));
  const folder = join(ct, '..');
  const skull = join(folder, 'skull.dcm');
  cranioplasty('segment', ct, '--out', skull);
  const how = ['--method', 'continuation', '--model', 'lite', '--out', join(folder, 'out')];
  const { status, warnings } = cranioplasty('reconstruct', skull, '--ct', ct, ...how);
  expect(status).toBe(0);
  expect(warnings.join()).toMatch(/The viewer opens neither .*: give --straightened-ct a folder/);
  expect(readdirSync(join(folder, 'out'))).not.toContain('straightened-skull.dcm');
}, 60_000);

const small = { pixels: 12, pixel: 2 };
const even: Scan = { table: tableSteps(-10, 10, 2) };

it('of a regular CT nothing is written, and that is said', async () => {
  const ct = await ctFolder(even, () => 0, small);
  const folder = join(ct, '..', 'straightened');
  const said: string[] = [];
  const made = await straightenedCt(folder, await readCtFolder(ct), (message) =>
    said.push(message),
  );
  expect(made).toBeUndefined();
  expect(said).toEqual([expect.stringMatching(/^The CT is regular as it is/)]);
  expect(existsSync(folder)).toBe(false);
  expect(await straightenedCt(undefined, undefined, () => undefined)).toBeUndefined();
});

it('is refused without a DICOM CT, and for a folder that holds something else', async () => {
  const ct = await readCtFolder(await ctFolder({ ...even, tilt: 10 }, () => 0, small));
  const other = await readCtFolder(await ctFolder({ ...even, tilt: 11 }, () => 0, small));
  const quiet = () => undefined;
  const refusal = (message: RegExp) => ({
    code: 'bad-usage',
    message: expect.stringMatching(message) as string,
  });
  const folder = join(await temporaryFolder(), 'straightened');
  await expect(straightenedCt(folder, undefined, quiet)).rejects.toMatchObject(
    refusal(/^Only a DICOM CT can be written as it was straightened: give its folder/),
  );
  (await straightenedCt(folder, ct, quiet))?.write();
  // The same series is written again.
  (await straightenedCt(folder, ct, quiet))?.write();
  await expect(straightenedCt(folder, other, quiet)).rejects.toMatchObject(
    refusal(/holds something else \(01\.dcm\): give --straightened-ct a folder of its own\.$/),
  );
  writeFileSync(join(folder, 'notes.txt'), '');
  await expect(straightenedCt(folder, ct, quiet)).rejects.toMatchObject(
    refusal(/holds something else \(notes\.txt\)/),
  );
  await expect(straightenedCt(join(folder, '01.dcm'), ct, quiet)).rejects.toMatchObject(
    refusal(/is a file: give a folder with --straightened-ct\.$/),
  );
});

it('belongs to one skull', () => {
  const { status, errors } = cranioplasty(
    ...['reconstruct', 'a.dcm', 'b.dcm', '--out', 'out', '--straightened-ct', 'straightened'],
  );
  expect({ status, errors }).toEqual({
    status: 2,
    errors: [expect.stringMatching(/^A CT belongs to one skull/)],
  });
});
