import { describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../../cli/src/io/nifti.ts';
import { readNrrd } from '../../../cli/src/io/nrrd.ts';
import { orientationConflict, parseOrientation } from '../../../cli/src/io/orientation.ts';
import { ctOf, maskOf } from '../../../cli/src/io/volumeFile.ts';
import { gridDistance, type Grid } from '../../../extension/src/engine/space/grid.ts';
import { asymmetricMask, phantomCases } from '../../conformance/phantom.ts';
import { withHeader } from './volumes.ts';

describe('number types', () => {
  const { grid } = phantomCases[0];
  const mask = asymmetricMask(grid);
  const count = mask.data.length;
  const nifti = (type: number, values: ArrayBufferView, slope = 1, intercept = 0) => {
    const header = withHeader(writeNifti(mask), (view) => {
      view.setInt16(70, type, true);
      view.setFloat32(112, slope, true);
      view.setFloat32(116, intercept, true);
    }).slice(0, 352);
    return Buffer.concat([
      header,
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    ]);
  };
  const numbers = Array.from(mask.data);

  it('64-bit integers are read, NIfTI and NRRD, either byte order', () => {
    const signed = BigInt64Array.from(numbers, (v) => BigInt(v) * 3n);
    for (const [type, name, values] of [
      [1024, 'long long', signed],
      [1280, 'uint64', new BigUint64Array(signed.buffer)],
    ] as const) {
      expect(maskOf(readNifti(nifti(type, values)), 3).data).toEqual(mask.data);
      const header = ['NRRD0004', `type: ${name}`, 'dimension: 3', `sizes: ${grid.size.join(' ')}`]
        .concat('encoding: raw', 'space: lps', 'space directions: (1,0,0) (0,1,0) (0,0,1)')
        .concat('space origin: (0,0,0)');
      const swapped = new Uint8Array(values.buffer.slice(0));
      for (let i = 0; i < swapped.length; i += 8) swapped.subarray(i, i + 8).reverse();
      for (const [endian, bytes] of [
        ['little', new Uint8Array(values.buffer)],
        ['BIG', swapped],
      ] as const) {
        const text = [...header, `endian: ${endian}`, '', ''].join('\n');
        expect(maskOf(readNrrd(Buffer.concat([Buffer.from(text), bytes])), 3).data).toEqual(
          mask.data,
        );
      }
    }
    const below = readNifti(
      nifti(
        1024,
        BigInt64Array.from(numbers, () => -5n),
      ),
    );
    expect(below.values[0]).toBe(-5);
  });

  it.each([
    [1536, /128-bit numbers/],
    [128, /colours/],
    [1, /single bits/],
    [7, /type 7/],
  ])('type %i is refused with what to do', (type, message) => {
    const file = nifti(type, new Float64Array(2 * count));
    expect(() => readNifti(file)).toThrow(message);
    expect(() => readNifti(file)).toThrow(/save them as 16-bit integers/);
  });

  it('labels behind a scale are whole', () => {
    const slope = 117 / 65535;
    const intercept = 58.500892;
    const stored = Int16Array.from(numbers, (v, p) =>
      Math.round(((v ? 91 : p === 700 ? 117 : 0) - intercept) / slope),
    );
    const file = readNifti(nifti(4, stored, slope, intercept));
    expect(file.values.includes(91)).toBe(false);
    expect(maskOf(file, 91).data).toEqual(mask.data);
    expect(() => maskOf(file)).toThrow(/holds the labels 91, 117: choose/);
    const coarse = Uint8Array.from(numbers, (v) => Math.round((v * 91) / 0.459));
    expect(maskOf(readNifti(nifti(2, coarse, 0.459))).data).toEqual(mask.data);
    const half = Float32Array.from(numbers, (v, p) => v * (0.5 + (p % 10) / 25));
    expect(() => maskOf(readNifti(nifti(16, half, 1)))).toThrow(/not a mask/);
  });

  it('what is not a number is background, and air in a CT', () => {
    const values = Float32Array.from(numbers, (v, p) => (v ? 1 : p % 2 ? NaN : 0));
    const read = readNifti(nifti(16, values));
    expect(maskOf(read).data).toEqual(mask.data);
    const ct = ctOf(readNifti(nifti(16, Float32Array.of(NaN, Infinity, -5.4, 70000, ...numbers))));
    expect([...ct.data.subarray(0, 4)]).toEqual([-1024, -1024, -5, 32767]);
  });

  it('voxels start where the header ends, if no place is given, and not in another file', () => {
    const zero = withHeader(writeNifti(mask), (view) => view.setFloat32(108, 0, true));
    expect(maskOf(readNifti(zero)).data).toEqual(mask.data);
    const pair = withHeader(writeNifti(mask), (view) => view.setUint8(345, 0x69));
    expect(() => readNifti(pair)).toThrow(/another file \(.img\)/);
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
