import { describe, expect, it } from 'vitest';
import {
  anySet,
  anyShared,
  atLeast,
  countDifferent,
  countSet,
  lostVoxels,
  markEqual,
  dice,
  difference,
  limited,
  minus,
  reverseRows,
  sameVoxels,
  scaled,
  setVoxels,
  total,
  union,
  within,
  withVoxels,
} from '../../../../extension/src/engine/space/voxels.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const floats = (...values: number[]) => Float32Array.from(values);

describe('masks', () => {
  it('counts set voxels, at both ends and in runs', () => {
    expect(countSet(bytes())).toBe(0);
    expect(countSet(bytes(0, 0))).toBe(0);
    expect(countSet(bytes(1, 0, 1, 1, 0, 0, 1))).toBe(4);
  });

  it('lists set voxels by their index', () => {
    expect(setVoxels(bytes())).toHaveLength(0);
    expect(setVoxels(bytes(0, 0))).toHaveLength(0);
    expect([...setVoxels(bytes(1, 0, 1, 1, 0, 0, 1))]).toEqual([0, 2, 3, 6]);
  });

  it('counts many voxels, wherever they begin in memory', () => {
    const buffer = new Uint8Array(5000).fill(1).buffer;
    for (const start of [0, 1, 2, 3, 4])
      for (const length of [0, 1, 2, 3, 5, 1020, 1023, 4099]) {
        const part = new Uint8Array(buffer, start, length);
        expect(countSet(part)).toBe(length);
        expect(anySet(part)).toBe(length > 0);
      }
    const single = bytes(0, 0, 0, 0, 0, 0, 1, 0, 0);
    for (const start of [0, 1, 2, 3, 6]) expect(anySet(single.subarray(start))).toBe(true);
    expect(anySet(single.subarray(7))).toBe(false);
  });

  it('compares voxels', () => {
    const a = bytes(1, 0, 1);
    expect(sameVoxels(a, a)).toBe(true);
    expect(sameVoxels(a, bytes(1, 0, 1))).toBe(true);
    expect(sameVoxels(a, bytes(1, 0, 0))).toBe(false);
    expect(sameVoxels(a, bytes(1, 0))).toBe(false);
    expect(countDifferent(a, bytes(0, 0, 1))).toBe(1);
    expect(countDifferent(a, bytes(1, 0, 1))).toBe(0);
  });

  it('compares and marks many voxels, wherever they begin in memory', () => {
    const of = (start: number, length: number, values: readonly (readonly [number, number])[]) => {
      const part = new Uint8Array(new ArrayBuffer(start + length), start);
      for (const [p, value] of values) part[p] = value;
      return part;
    };
    for (const start of [0, 1, 2, 3])
      for (const other of [0, 1])
        for (const length of [4, 7, 9, 40])
          for (let p = 0; p < length; p++) {
            const a = of(start, length, [[p, 2]]);
            const b = of(other, length, [[p, 2]]);
            expect(sameVoxels(a, b)).toBe(true);
            expect(anyShared(a, b)).toBe(true);
            expect(countDifferent(a, b)).toBe(0);
            b.copyWithin(0, 1).fill(0, length - 1);
            expect(sameVoxels(a, b)).toBe(false);
            expect(anyShared(a, b)).toBe(false);
            expect(countDifferent(a, b)).toBe(p === 0 ? 1 : 2);
            const out = new Uint8Array(length);
            markEqual(a, 1, out);
            expect(anySet(out)).toBe(false);
            markEqual(a, 2, out);
            expect(out.indexOf(1)).toBe(p);
            expect(countSet(out)).toBe(1);
          }
  });

  it('finds set and shared voxels', () => {
    expect(anySet(bytes(0, 0))).toBe(false);
    expect(anySet(bytes(0, 1))).toBe(true);
    expect(anyShared(bytes(1, 0, 1), bytes(0, 1, 0))).toBe(false);
    expect(anyShared(bytes(1, 0, 1), bytes(0, 1, 1))).toBe(true);
  });

  it('joins and takes away', () => {
    expect(union(bytes(1, 0, 0, 1), bytes(0, 0, 1, 1))).toEqual(bytes(1, 0, 1, 1));
    expect(minus(bytes(1, 1, 0, 0), bytes(0, 1, 0, 1))).toEqual(bytes(1, 0, 0, 0));
    expect(within(bytes(1, 1, 0, 1), floats(2, 1, 0, Infinity), 1)).toEqual(bytes(0, 1, 0, 0));
  });

  it('loses voxels and gets them back', () => {
    const lost = lostVoxels(bytes(1, 1, 0, 1), bytes(1, 0, 1, 0));
    expect(lost).toEqual(Uint32Array.of(1, 3));
    const given = bytes(1, 1, 1, 0);
    expect(withVoxels(given, lost, 0)).toEqual(bytes(1, 0, 1, 0));
    expect(withVoxels(given, lost, 1)).toEqual(bytes(1, 1, 1, 1));
    expect(given).toEqual(bytes(1, 1, 1, 0));
  });

  it('measures the overlap', () => {
    expect(dice(bytes(1, 1, 0, 0), bytes(0, 1, 1, 0))).toBe(0.5);
    expect(dice(bytes(0, 0), bytes(0, 0))).toBe(1);
  });
});

describe('values', () => {
  it('sums, also what is not finite', () => {
    expect(total(floats(0.5, 1, -2))).toBe(-0.5);
    expect(total(floats(0.5, NaN, 1))).toBeNaN();
    expect(total([])).toBe(0);
  });

  it('compares with a threshold, limits, scales and subtracts', () => {
    expect(atLeast([0.4, 0.5, 0.6], 0.5)).toEqual(bytes(0, 1, 1));
    expect(limited(floats(-3, -1, 0, 2, 5), 2)).toEqual(floats(-2, -1, 0, 2, 2));
    expect(limited(floats(NaN), 2)).toEqual(floats(NaN));
    expect(scaled(bytes(0, 2, 255), 0.1)).toEqual(floats(0, 0.2, 25.5));
    expect(difference(floats(1, 0.3), floats(0.5, 0.1))).toEqual(
      floats(0.5, Math.fround(0.3) - Math.fround(0.1)),
    );
  });

  it('mirrors rows', () => {
    const rows = floats(1, 2, 3, 4, 5, 6);
    reverseRows(rows, 3);
    expect(rows).toEqual(floats(3, 2, 1, 6, 5, 4));
  });
});
