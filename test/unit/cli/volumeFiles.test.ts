import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../../cli/src/io/nifti.ts';
import { readNrrd, writeNrrd } from '../../../cli/src/io/nrrd.ts';
import { orientationConflict, parseOrientation } from '../../../cli/src/io/orientation.ts';
import { ctOf, maskOf } from '../../../cli/src/io/volumeFile.ts';
import { gridDistance, type Grid } from '../../../extension/src/engine/space/grid.ts';
import { asymmetricMask, phantomCases } from '../../conformance/phantom.ts';

/** Every geometry of the phantom, and a half turn about each axis, which has no simple quaternion. */
const grids: readonly (readonly [string, Grid])[] = [
  ...phantomCases.map(({ name, grid }) => [name, grid] as const),
  ...[
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
    [-1, 1, 1],
  ].map(
    (signs) =>
      [
        `signs ${signs.join(' ')}`,
        {
          ...phantomCases[0].grid,
          axes: [
            [signs[0], 0, 0],
            [0, signs[1], 0],
            [0, 0, signs[2]],
          ],
        } as Grid,
      ] as const,
  ),
];

/** A header field of the NIfTI file is changed. */
function withHeader(file: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(gunzipSync(file));
  change(new DataView(bytes.buffer));
  return bytes;
}

describe('NIfTI', () => {
  it.each(grids)('keeps voxels and geometry, %s', (_, grid) => {
    const mask = asymmetricMask(grid);
    const read = readNifti(writeNifti(mask));
    expect(gridDistance(read.grid, grid)).toBeLessThan(1e-4);
    expect(maskOf(read).data).toEqual(mask.data);
  });

  it.each(grids)('keeps the geometry in the qform alone, %s', (_, grid) => {
    const file = withHeader(writeNifti(asymmetricMask(grid)), (view) =>
      view.setInt16(254, 0, true),
    );
    expect(gridDistance(readNifti(file).grid, grid)).toBeLessThan(1e-4);
  });

  it('reads from a pooled buffer at any offset', () => {
    const mask = asymmetricMask(phantomCases[0].grid);
    const bytes = writeNifti(mask, false);
    const pool = Buffer.alloc(bytes.length + 3);
    pool.set(bytes, 3);
    expect(maskOf(readNifti(pool.subarray(3))).data).toEqual(mask.data);
  });

  it('reads CT numbers with slope and intercept', () => {
    const grid: Grid = { ...phantomCases[0].grid, size: [2, 2, 1] };
    const header = withHeader(writeNifti({ grid, data: new Uint8Array(4) }), (view) => {
      view.setInt16(70, 4, true);
      view.setFloat32(112, 0.5, true);
      view.setFloat32(116, -3, true);
    }).slice(0, 352);
    const values = new Uint8Array(Int16Array.of(-2048, 0, 7, 4000).buffer);
    const read = ctOf(readNifti(Buffer.concat([header, values])));
    expect([...read.data]).toEqual([-1027, -3, 1, 1997]);
  });

  it('reads big-endian files', () => {
    const grid: Grid = { ...phantomCases[0].grid, size: [2, 1, 1] };
    const little = withHeader(writeNifti({ grid, data: new Uint8Array(2) }), (view) =>
      view.setInt16(70, 4, true),
    );
    const big = new Uint8Array(352 + 4);
    const swap = (at: number, size: number) => big.set(little.slice(at, at + size).reverse(), at);
    swap(0, 4);
    for (let at = 40; at < 76; at += 2) swap(at, 2);
    for (let at = 76; at < 120; at += 4) swap(at, 4);
    for (const at of [252, 254]) swap(at, 2);
    for (let at = 256; at < 328; at += 4) swap(at, 4);
    big.set([0xfc, 0x18, 0x03, 0xe8], 352); // -1000, 1000
    const read = readNifti(big);
    expect([...read.values]).toEqual([-1000, 1000]);
    expect(gridDistance(read.grid, grid)).toBeLessThan(1e-4);
  });

  const refused: [string, Uint8Array, RegExp][] = [
    ['text', new TextEncoder().encode('x'.repeat(400)), /no NIfTI header/],
    ['a truncated file', writeNifti(asymmetricMask(grids[0][1]), false).slice(0, 400), /cut short/],
    ['damaged compression', writeNifti(asymmetricMask(grids[0][1])).slice(0, 60), /decompressed/],
    [
      'a file without orientation',
      withHeader(writeNifti(asymmetricMask(grids[0][1])), (view) => {
        view.setInt16(252, 0, true);
        view.setInt16(254, 0, true);
      }),
      /no sform, no qform/,
    ],
    [
      'a sheared volume',
      withHeader(writeNifti(asymmetricMask(grids[0][1])), (view) =>
        view.setFloat32(284, 0.4, true),
      ),
      /no regular, orthogonal voxel grid/,
    ],
    [
      'four dimensions',
      withHeader(writeNifti(asymmetricMask(grids[0][1])), (view) => {
        view.setInt16(40, 4, true);
        view.setInt16(48, 3, true);
      }),
      /single three-dimensional/,
    ],
  ];
  it.each(refused)('refuses %s', (_, bytes, message) => {
    expect(() => readNifti(bytes)).toThrow(message);
  });
});

describe('NRRD', () => {
  const header = (fields: readonly string[]) =>
    new TextEncoder().encode(['NRRD0004', ...fields, '', ''].join('\n'));
  const usual = [
    'type: short',
    'dimension: 3',
    'sizes: 2 1 2',
    'endian: little',
    'encoding: raw',
    'space origin: (1,2,3)',
  ];
  const data = new Uint8Array(Int16Array.of(1, -2, 300, -400).buffer);

  it.each(grids)('keeps voxels and geometry, %s', (_, grid) => {
    const mask = asymmetricMask(grid);
    const read = readNrrd(writeNrrd(mask));
    expect(gridDistance(read.grid, grid)).toBeLessThan(1e-9);
    expect(maskOf(read).data).toEqual(mask.data);
  });

  it('turns right-anterior-superior into left-posterior-superior', () => {
    const fields = [
      ...usual,
      '# comment',
      'key:=value',
      'space: right-anterior-superior',
      'space directions: (0.5,0,0) (0,2,0) (0,0,3)',
    ];
    const read = readNrrd(Buffer.concat([header(fields), data]));
    expect([...read.values]).toEqual([1, -2, 300, -400]);
    expect(read.grid).toMatchObject({
      size: [2, 1, 2],
      spacing: [0.5, 2, 3],
      origin: [-1, -2, 3],
    });
    expect(read.grid.axes.map((axis) => axis.map((v) => v + 0))).toEqual([
      [-1, 0, 0],
      [0, -1, 0],
      [0, 0, 1],
    ]);
  });

  it('reads big-endian gzip data', () => {
    const fields = usual
      .map((f) => (f.startsWith('endian') ? 'endian: big' : f.replace('raw', 'gzip')))
      .concat('space: lps', 'space directions: (1,0,0) (0,1,0) (0,0,1)');
    const swapped = data.map((_, i) => data[i ^ 1]);
    const read = readNrrd(Buffer.concat([header(fields), gzipSync(swapped)]));
    expect([...read.values]).toEqual([1, -2, 300, -400]);
  });

  const oriented = [...usual, 'space: lps', 'space directions: (1,0,0) (0,1,0) (0,0,1)'];
  const refused: [string, readonly string[], RegExp][] = [
    ['a file without orientation', usual, /how it lies in the patient/],
    ['an unknown encoding', oriented.map((f) => f.replace('raw', 'bzip2')), /encoded as "bzip2"/],
    ['detached data', [...oriented, 'data file: other.raw'], /another file/],
    ['an unknown type', oriented.map((f) => f.replace('short', 'block')), /type "block"/],
    ['missing voxels', oriented.map((f) => f.replace('2 1 2', '2 9 2')), /cut short/],
    ['two dimensions', oriented.map((f) => f.replace('dimension: 3', 'dimension: 2')), /three-/],
  ];
  it.each(refused)('refuses %s', (_, fields, message) => {
    expect(() => readNrrd(Buffer.concat([header(fields), data]))).toThrow(message);
  });
});

describe('files that do not say how they lie in the patient', () => {
  const lia = parseOrientation('lia');
  const axes = [
    [1, 0, 0],
    [0, 0, -1],
    [0, -1, 0],
  ];
  const { grid } = phantomCases[0];
  const mask = asymmetricMask(grid);
  const unsaid = withHeader(writeNifti(mask), (view) => {
    view.setInt16(252, 0, true);
    view.setInt16(254, 0, true);
  });
  const nrrd = (...fields: string[]): Uint8Array =>
    Buffer.concat([
      Buffer.from(
        ['NRRD0004', 'type: uint8', 'dimension: 3', `sizes: ${grid.size.join(' ')}`]
          .concat('encoding: raw', ...fields, '', '')
          .join('\n'),
      ),
      mask.data,
    ]);
  const expected = { size: grid.size, spacing: [0.9, 0.9, 1.5], origin: [0, 0, 0], axes };

  it('are refused with the way out', () => {
    const wayOut = /how it lies in the patient .* --orientation which way its axes point/;
    expect(() => readNifti(unsaid)).toThrow(wayOut);
    expect(() => readNrrd(nrrd('spacings: 0.9 0.9 1.5'))).toThrow(wayOut);
  });

  it('lie as they are said to, NIfTI', () => {
    const read = readNifti(unsaid, lia);
    expect(read.grid.spacing.map((s) => Number(s.toFixed(6)))).toEqual(expected.spacing);
    expect({ ...read.grid, spacing: expected.spacing }).toEqual(expected);
    expect(maskOf(read).data).toEqual(mask.data);
  });

  it('lie as they are said to, NRRD', () => {
    const read = readNrrd(nrrd('spacings: 0.9 0.9 1.5'), lia);
    expect(read.grid).toEqual(expected);
    expect(maskOf(read).data).toEqual(mask.data);
    const directions = 'space directions: (0.9,0,0) (0,0.9,0) (0,0,1.5)';
    expect(readNrrd(nrrd('space dimension: 3', directions), lia).grid).toEqual(expected);
    expect(() => readNrrd(nrrd(), lia)).toThrow('does not say how large its voxels are');
  });

  it('differ from files that say it, which are right', () => {
    const read = readNifti(writeNifti(mask), lia);
    expect(gridDistance(read.grid, grid)).toBeLessThan(1e-4);
    expect(orientationConflict(read.grid, lia, 'skull.nii.gz')).toBe(
      'skull.nii.gz says itself that its axes point to LPS: --orientation LIA is not used for it.',
    );
    expect(orientationConflict(read.grid, parseOrientation('LPS'), 'x')).toBeUndefined();
    expect(orientationConflict(read.grid, undefined, 'x')).toBeUndefined();
    // Tilted axes point to what they are nearest to.
    const tilted = phantomCases.find(({ name }) => name === 'oblique')?.grid as Grid;
    expect(orientationConflict(tilted, parseOrientation('LPS'), 'x')).toBeUndefined();
  });

  it('have axes along left or right, front or back, and up or down', () => {
    for (const name of ['LPS', 'ras', 'LIA', 'SPR']) expect(parseOrientation(name)).toBeDefined();
    for (const name of ['', 'LP', 'LPSA', 'LRS', 'LPX', 'LLS'])
      expect(parseOrientation(name)).toBeUndefined();
  });
});

describe('masks of label volumes', () => {
  const { grid } = phantomCases[0];
  const volume = (values: readonly number[]) => ({
    grid: { ...grid, size: [values.length, 1, 1] as const },
    values: Float32Array.from(values),
  });

  it('takes the only label, whatever its value', () => {
    expect([...maskOf(volume([0, 255, 0, 255])).data]).toEqual([0, 1, 0, 1]);
  });

  it('takes the chosen label', () => {
    expect([...maskOf(volume([0, 1, 2, 2]), 2).data]).toEqual([0, 0, 1, 1]);
  });

  it('asks when there are several, and refuses empty ones', () => {
    expect(() => maskOf(volume([0, 1, 2]))).toThrow(/labels 1, 2: choose one with --segment/);
    expect(() => maskOf(volume([0, 0]))).toThrow(/empty/);
    expect(() => maskOf(volume([0, 1]), 4)).toThrow(/no voxel of label 4/);
    expect(() => maskOf(volume(Array.from({ length: 50 }, (_, i) => i / 50)))).toThrow(
      /not a mask/,
    );
  });
});
