import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packNifti, readNifti, writeNifti } from '../../../cli/src/io/nifti.ts';
import { ctOf, maskOf } from '../../../cli/src/io/volumeFile.ts';
import { gridDistance, type Grid } from '../../../extension/src/engine/space/grid.ts';
import { asymmetricMask, phantomCases } from '../../conformance/phantom.ts';
import { grids, withHeader } from './volumes.ts';

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

  it('packs the same beside', async () => {
    const mask = asymmetricMask(phantomCases[0].grid);
    expect(gunzipSync(await packNifti(mask)).equals(writeNifti(mask, false))).toBe(true);
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

describe('NIfTI geometry that is given twice', () => {
  const { grid } = phantomCases[2];
  const file = writeNifti(asymmetricMask(grid));
  /** Multiplies the sform, row by row or all of it. */
  const scaledForm = (factors: readonly number[], rows: readonly number[] = [0, 1, 2]) =>
    withHeader(file, (view) => {
      view.setInt16(254, 4, true);
      for (const row of rows)
        for (let c = 0; c < 4; c++) {
          const at = 280 + 16 * row + 4 * c;
          view.setFloat32(at, view.getFloat32(at, true) * factors[c], true);
        }
    });

  it('is refused where it gives two sizes, with a qform and without', () => {
    for (const factors of [
      [1.08, 1.08, 1.08, 1.08],
      [1, 1, 0.98, 1],
    ]) {
      const two = scaledForm(factors);
      expect(() => readNifti(two)).toThrow(
        /two sizes \(0\.900 × 0\.900 × 1\.500 by pixdim and qform, .* in the space of the scan/,
      );
      new DataView(two.buffer).setInt16(252, 0, true);
      expect(() => readNifti(two)).toThrow(/two sizes/);
    }
  });

  it('is refused where one is the mirror image of the other', () => {
    expect(() => readNifti(scaledForm([-1, -1, -1, -1], [0]))).toThrow(/once as a mirror image/);
  });

  it('is told where it puts the head in two places', () => {
    const moved = withHeader(file, (view) => {
      view.setFloat32(292, view.getFloat32(292, true) + 12.5, true);
    });
    expect(readNifti(moved).warnings).toEqual([
      'The NIfTI file puts the head in two places, up to 12.5 mm apart: the result lies where its sform says, not its qform.',
    ]);
    expect(readNifti(file).warnings).toEqual([]);
    expect(gridDistance(readNifti(scaledForm([1.004, 1, 1, 1])).grid, grid)).toBeLessThan(0.1);
  });
});
