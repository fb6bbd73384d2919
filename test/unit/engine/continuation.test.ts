import type { AtlasField } from '../../../extension/src/engine/atlas.ts';
import { describe, expect, it } from 'vitest';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import { fitContinuations, fitLattice } from '../../../extension/src/engine/continuation.ts';
import { interpolate } from '../../../extension/src/engine/interpolate.ts';

/** Signed distance of an asymmetric ellipsoid shell with a hole, canonical mm; `test_continuation.py` has the same. */
function shell(x: number, y: number, z: number): number {
  const e = 70 * (Math.hypot((x - 102.4) / 68, (y - 102.4) / 84, (z - 70) / 70) - 1);
  const bulge = (x - 150) ** 2 + (y - 90) ** 2 + (z - 100) ** 2;
  return Math.abs(e - 3 * Math.exp(-bulge / 1800)) - 3;
}
const hole = [155, 80, 95] as const;
const fromHole = (x: number, y: number, z: number) =>
  Math.hypot(x - hole[0], y - hole[1], z - hole[2]);

const distance = new Float32Array(64 * 64 * 48);
for (let k = 0, p = 0; k < 48; k++)
  for (let j = 0; j < 64; j++)
    for (let i = 0; i < 64; i++, p++) {
      const at = [i, j, k].map((v) => 3.2 * (v + 0.5)) as [number, number, number];
      distance[p] = Math.max(shell(...at), 22 - fromHole(...at));
    }

const displacementAt = (u: Float64Array, x: number, y: number, z: number) =>
  [0, 1, 2].map((a) =>
    interpolate(
      u.subarray(a * 3072, (a + 1) * 3072),
      [16, 16, 12],
      x / 12.8 - 0.5,
      y / 12.8 - 0.5,
      z / 12.8 - 0.5,
    ),
  );

describe('what continues the skull across a defect', async () => {
  const atlas = await shippedAtlas();
  const fit = fitContinuations({ grid: fitLattice, data: distance }, atlas, ['as-is'])[0];
  const meanSkull = (x: number, y: number, z: number) => {
    const value = ({ distance, size, origin, spacing }: AtlasField) =>
      interpolate(
        distance,
        size,
        (x - origin[0]) / spacing,
        (y - origin[1]) / spacing,
        (z - origin[2]) / spacing,
      );
    return Math.max(value(atlas.outer), -value(atlas.inner));
  };

  it.each([
    [
      'the mirror image',
      fit.mirror,
      (x: number, y: number, z: number) => shell(204.8 - x, y, z),
      1.2,
    ],
    ['the mean skull', fit.meanSkull, meanSkull, 5],
  ] as const)('is %s, bent until it fits', (_, displacement, shape, leastUnbent) => {
    let unbent = 0;
    let bent = 0;
    let points = 0;
    for (let z = 70; z < 130; z += 2)
      for (let y = 40; y < 120; y += 2)
        for (let x = 120; x < 180; x += 2) {
          if (Math.abs(shell(x, y, z)) > 0.5 || fromHole(x, y, z) > 20) continue;
          const [dx, dy, dz] = displacementAt(displacement, x, y, z);
          unbent += Math.abs(shape(x, y, z) - shell(x, y, z));
          bent += Math.abs(shape(x + dx, y + dy, z + dz) - shell(x, y, z));
          points++;
        }
    expect(points).toBeGreaterThan(100);
    expect(unbent / points).toBeGreaterThan(leastUnbent);
    expect(bent / points).toBeLessThan(0.45);
  });

  it('is the same in the training code', () => {
    // Node and its displacement, mm; `test_continuation.py` holds the same numbers.
    const mirror = [
      [1900, -1.9448, 0.5292, -1.2166],
      [2171, -2.3476, 0.6955, -0.9565],
      [1891, -1.8391, -0.1979, 1.4168],
      [1576, -0.702, -0.0366, -0.1059],
      [1165, -0.9353, 0.4042, -0.5458],
    ];
    const mean = [
      [1900, -1.0318, 1.1018, -20.6738],
      [2171, -0.1155, 3.2486, -20.7624],
      [1891, -0.6009, -0.1093, -19.5346],
      [1576, -0.4092, -9.1026, -30.8139],
      [1165, 0.506, 2.9077, -17.3024],
    ];
    for (const [node, ...value] of mirror)
      value.forEach((v, a) => expect(fit.mirror[a * 3072 + node]).toBeCloseTo(v, 3));
    for (const [node, ...value] of mean)
      value.forEach((v, a) => expect(fit.meanSkull[a * 3072 + node]).toBeCloseTo(v, 2));
  });

  it('is the same for the mirrored head as seen from the other side', () => {
    const turned = distance.slice();
    for (let row = 0; row < turned.length; row += 64) turned.subarray(row, row + 64).reverse();
    const other = fitContinuations({ grid: fitLattice, data: turned }, atlas, ['mirrored'])[0];
    expect(other.mirror).toEqual(fit.mirror);
    expect(other.meanSkull).toEqual(fit.meanSkull);
  });
});
