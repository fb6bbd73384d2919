import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCtFiles } from '../../extension/src/dicom/ct/ctPixels.ts';
import { straightenedSeries } from '../../extension/src/dicom/ct/straightenedSeries.ts';
import { readSegmentation } from '../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import type { Vec3 } from '../../extension/src/engine/space/grid.ts';
import { scan, tableSteps } from '../support/scannedHead.ts';
import { rewrite } from '../unit/dicom/rewrite.ts';
import { asymmetricCt, phantomCases, phantomCt, phantomSegments } from './phantom.ts';
import { dciodvfy, python } from './tools.ts';
import { expectSamePositions, laterWins, positionsOf, writePhantom } from './voxels.ts';

const demo = fileURLToPath(new URL('../../viewer/demo/', import.meta.url));

interface JsonElement {
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
}
type JsonDataset = Readonly<Record<string, JsonElement>>;

/** Set voxels of each segment by patient position, from dcmtk's parsing. */
function dcmtkVoxels(path: string): Map<number, Vec3[]> {
  const output = execFileSync('dcm2json', [path], { maxBuffer: 2 ** 28 });
  const dataset = JSON.parse(output.toString()) as JsonDataset;
  const values = (from: JsonDataset, tag: string) => (from[tag].Value ?? []).map(Number);
  const item = (from: JsonDataset, tag: string) => (from[tag].Value ?? [])[0] as JsonDataset;
  const [rows, columns] = [values(dataset, '00280010')[0], values(dataset, '00280011')[0]];
  const shared = item(dataset, '52009229');
  const [rowSpacing, columnSpacing] = values(item(shared, '00289110'), '00280030');
  const cosines = values(item(shared, '00209116'), '00200037');
  const bits = Buffer.from(dataset['7FE00010'].InlineBinary ?? '', 'base64');
  const voxels = new Map<number, Vec3[]>();
  (dataset['52009230'].Value as JsonDataset[]).forEach((groups, f) => {
    const origin = values(item(groups, '00209113'), '00200032');
    const [segment] = values(item(groups, '0062000A'), '0062000B');
    const found = voxels.get(segment) ?? [];
    for (let p = 0; p < rows * columns; p++) {
      const bit = f * rows * columns + p;
      if (((bits[bit >> 3] >> (bit & 7)) & 1) === 0) continue;
      const along = (p % columns) * columnSpacing;
      const down = Math.floor(p / columns) * rowSpacing;
      found.push(
        origin.map((v, c) => v + along * cosines[c] + down * cosines[3 + c]) as unknown as Vec3,
      );
    }
    voxels.set(segment, found);
  });
  return voxels;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface PythonSegmentation {
  readonly frameOfReferenceUID: string;
  readonly frames: number;
  readonly labels: readonly string[];
  readonly voxels: Readonly<Record<string, readonly number[][]>>;
}

describe.each(phantomCases)('phantom, $name', (phantomCase) => {
  const { series, volume } = phantomCt(phantomCase.grid);
  const segments = phantomSegments(series.grid);
  const masks = segments.map((segment) => segment.mask);
  let seg = '';
  let own = '';

  beforeAll(() => {
    own = join(folder, phantomCase.name);
    writePhantom(own, phantomCase, masks);
    seg = join(own, 'ours.dcm');
    const file = writeSegmentation(
      segments,
      { ct: series },
      { seriesDescription: 'Cranioplasty reconstruction' },
    );
    writeFileSync(seg, new Uint8Array(file));
    python('dicom_voxels.py', 'write', own);
  });

  it('conforms to the standard as dciodvfy knows it', () => {
    expect(dciodvfy(seg)).toEqual([]);
  });

  it('has the same voxels at the same patient positions for pydicom', () => {
    const found = python<PythonSegmentation>('dicom_voxels.py', 'read', seg);
    expect(found).toMatchObject({
      frameOfReferenceUID: series.frameOfReferenceUID,
      labels: ['Skull patch', 'Implant'],
      // Two of nine slices are empty in both segments and left out.
      frames: 14,
    });
    masks.forEach((mask, s) => expectSamePositions(found.voxels[s + 1], positionsOf(mask)));
  });

  it('has the same voxels at the same patient positions for dcmtk', () => {
    const found = dcmtkVoxels(seg);
    masks.forEach((mask, s) => expectSamePositions(found.get(s + 1) ?? [], positionsOf(mask)));
  });

  it('reads the CT as pydicom does', () => {
    const found = python<number[][]>('dicom_voxels.py', 'read-ct', own);
    const all = { grid: series.grid, data: new Uint8Array(volume.data.length).fill(1) };
    // The CT number is the fourth coordinate.
    const expected = positionsOf(all).map((p, n) => [...p, volume.data[n]]);
    expectSamePositions(found, expected);
    expect(volume.data.length).toBe(asymmetricCt(phantomCase.grid).data.length);
  });

  it.each(['binary', 'fractional'])('reads what pydicom wrote, %s', (name) => {
    const read = readSegmentation(readFileSync(join(own, `${name}.dcm`)), { onto: series });
    expect(read.segments.map((s) => s.mask().data)).toEqual(masks.map((mask) => mask.data));
  });

  it.each(['labelmap8', 'labelmap16', 'labelmap8-rle', 'labelmap16-rle'])(
    'reads what pydicom wrote, %s',
    (name) => {
      const read = readSegmentation(readFileSync(join(own, `${name}.dcm`)), { onto: series });
      expect(read.segments.map((s) => s.mask().data)).toEqual(
        laterWins(masks).map((mask) => mask.data),
      );
    },
  );
});

describe('a segmentation that lies on no slices of its source', () => {
  const written = (name: string, ...of: Parameters<typeof writeSegmentation>): string => {
    const path = join(folder, name);
    writeFileSync(path, new Uint8Array(writeSegmentation(...of)));
    return path;
  };
  const named = { seriesDescription: 'Cranioplasty reconstruction' };

  it('conforms on the straightened grid of a tilted CT with two slice distances', () => {
    const table = [...tableSteps(-20, 0, 2.5), ...tableSteps(5, 20, 5)];
    const ramp = ([x, y, z]: Vec3) => x + y + z;
    const { series } = readCtFiles(scan(ramp, { tilt: 12, table, pixels: 13, pixel: 2 }));
    const segments = phantomSegments(series.grid);
    const path = written('straightened.dcm', segments, { ct: series }, named);
    expect(dciodvfy(path)).toEqual([]);
    const { voxels } = python<PythonSegmentation>('dicom_voxels.py', 'read', path);
    segments.forEach(({ mask }, s) => expectSamePositions(voxels[s + 1], positionsOf(mask)));
  });

  it('lies on the straightened CT where that is a series of its own, and so conforms', async () => {
    const table = [...tableSteps(-20, 0, 2.5), ...tableSteps(5, 20, 5)];
    const ramp = ([x, y, z]: Vec3) => Math.round(x + y + z);
    const files = scan(ramp, { tilt: 12, table, pixels: 13, pixel: 2 }).map((file) =>
      rewrite(file, ({ dataset }) => {
        Object.assign(dataset, {
          Manufacturer: 'Maker',
          BodyPartExamined: 'HEAD',
          KVP: 120,
          PatientPosition: 'HFS',
          ConvolutionKernel: 'Hr68s',
          WindowCenter: [40, 400],
          WindowWidth: [80, 4000],
          LossyImageCompression: '00',
        });
      }),
    );
    const ct = readCtFiles(files);
    const straightened = await straightenedSeries(ct);
    expect(straightened).toBeDefined();
    const { series, file } = straightened!;
    const own = join(folder, 'straightened');
    mkdirSync(join(own, 'ct'), { recursive: true });
    series.slices.forEach((_, k) => {
      const path = join(own, 'ct', `${String(k).padStart(3, '0')}.dcm`);
      writeFileSync(path, new Uint8Array(file(k)));
      expect(dciodvfy(path)).toEqual([]);
    });
    const all = { grid: ct.series.grid, data: new Uint8Array(ct.volume.data.length).fill(1) };
    const expected = positionsOf(all).map((p, n) => [...p, ct.volume.data[n]]);
    expectSamePositions(python<number[][]>('dicom_voxels.py', 'read-ct', own), expected);
    const segments = phantomSegments(ct.series.grid);
    const path = written('on-straightened.dcm', segments, { ct: series }, named);
    expect(dciodvfy(path)).toEqual([]);
    const { voxels } = python<PythonSegmentation>('dicom_voxels.py', 'read', path);
    segments.forEach(({ mask }, s) => expectSamePositions(voxels[s + 1], positionsOf(mask)));
  });

  it('conforms without the CT, made of a segmentation alone', () => {
    const { series } = phantomCt(phantomCases[0].grid);
    const segments = phantomSegments(series.grid);
    const skull = readSegmentation(writeSegmentation(segments, { ct: series }, named));
    const path = written('without-ct.dcm', segments, { instance: skull.dataset }, named);
    expect(dciodvfy(path)).toEqual([]);
  });
});

describe('demonstration study', () => {
  it('conforms to the standard as dciodvfy knows it', () => {
    const slices = readdirSync(join(demo, 'ct'));
    expect(slices).toHaveLength(108);
    for (const name of [slices[0], slices[107]]) {
      expect(dciodvfy(join(demo, 'ct', name))).toEqual([]);
    }
    expect(dciodvfy(join(demo, 'skull.dcm'))).toEqual([]);
  });
});
