import { describe, expect, it } from 'vitest';
import { fitLattice, fitMirror } from '../../../extension/src/engine/mirrorFit.ts';
import { interpolate } from '../../../extension/src/engine/resample.ts';

/** Signed distance of an asymmetric ellipsoid shell with a hole, canonical mm; `test_mirror_fit.py` has the same. */
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

describe('the fitted mirror image', () => {
  const fit = fitMirror({ grid: fitLattice, data: distance }, 'as-is');

  it('continues the skull across a defect, where the plain mirror image leaves a step', () => {
    let plain = 0;
    let fitted = 0;
    let points = 0;
    for (let z = 70; z < 130; z += 2)
      for (let y = 40; y < 120; y += 2)
        for (let x = 120; x < 180; x += 2) {
          if (Math.abs(shell(x, y, z)) > 0.5 || fromHole(x, y, z) > 20) continue;
          const [dx, dy, dz] = displacementAt(fit.displacement, x, y, z);
          const whole = shell(x, y, z);
          plain += Math.abs(shell(204.8 - x, y, z) - whole);
          fitted += Math.abs(shell(204.8 - x - dx, y + dy, z + dz) - whole);
          points++;
        }
    expect(points).toBeGreaterThan(100);
    expect(plain / points).toBeGreaterThan(1.2);
    expect(fitted / points).toBeLessThan(0.35);
  });

  it('is that of the training code', () => {
    // Node and its displacement, mm; `test_mirror_fit.py` holds the same numbers.
    const expected = [
      [1900, -1.9448, 0.5292, -1.2166],
      [2171, -2.3476, 0.6955, -0.9565],
      [1891, -1.8391, -0.1979, 1.4168],
      [1576, -0.702, -0.0366, -0.1059],
      [1165, -0.9353, 0.4042, -0.5458],
    ];
    for (const [node, ...value] of expected)
      value.forEach((v, a) => expect(fit.displacement[a * 3072 + node]).toBeCloseTo(v, 3));
  });

  it('of the mirrored head is the same as seen from the other side', () => {
    const turned = distance.slice();
    for (let row = 0; row < turned.length; row += 64) turned.subarray(row, row + 64).reverse();
    const other = fitMirror({ grid: fitLattice, data: turned }, 'mirrored');
    expect(other.displacement).toEqual(fit.displacement);
  });
});
