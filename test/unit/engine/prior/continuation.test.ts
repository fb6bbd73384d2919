import type { AtlasField } from '../../../../extension/src/engine/pose/atlas.ts';
import { describe, expect, it } from 'vitest';
import { shippedAtlas } from '../../../support/atlasFiles.ts';
import { fitContinuation } from '../../../../extension/src/engine/prior/continuation.ts';
import { fitLattice } from '../../../../extension/src/engine/prior/lattice.ts';
import { interpolate } from '../../../../extension/src/engine/space/interpolate.ts';

/** Signed distance of an asymmetric ellipsoid shell with a hole, canonical mm; `test_continuation.py` has the same. */
function shell(x: number, y: number, z: number): number {
  const e = 70 * (Math.hypot((x - 102.4) / 68, (y - 102.4) / 84, (z - 70) / 70) - 1);
  const bulge = (x - 150) ** 2 + (y - 90) ** 2 + (z - 100) ** 2;
  return Math.abs(e - 3 * Math.exp(-bulge / 1800)) - 3;
}
const hole = [155, 80, 95] as const;
const fromHole = (x: number, y: number, z: number) =>
  Math.hypot(x - hole[0], y - hole[1], z - hole[2]);

type Distance = (x: number, y: number, z: number) => number;

/** A head with the hole, at the nodes of the lattice. */
function onLattice(head: Distance): Float32Array {
  const out = new Float32Array(64 * 64 * 48);
  for (let k = 0, p = 0; k < 48; k++)
    for (let j = 0; j < 64; j++)
      for (let i = 0; i < 64; i++, p++) {
        const at = [i, j, k].map((v) => 3.2 * (v + 0.5)) as [number, number, number];
        out[p] = Math.max(head(...at), 22 - fromHole(...at));
      }
  return out;
}
const distance = onLattice(shell);

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
  const fit = fitContinuation({ grid: fitLattice, data: distance }, atlas);
  const meanSkull = (x: number, y: number, z: number) => {
    const value = ({ distance, size, origin, spacing }: AtlasField) =>
      interpolate(
        distance,
        size,
        (x - origin[0]) / spacing,
        (y - origin[1]) / spacing,
        (z - origin[2]) / spacing,
      );
    return value(atlas.bone);
  };

  /** Mean error (mm) of a shape on the missing surface of a head, unbent and bent. */
  function errors(shape: Distance, displacement: Float64Array, head: Distance): [number, number] {
    let unbent = 0;
    let bent = 0;
    let points = 0;
    for (let z = 70; z < 130; z += 2)
      for (let y = 40; y < 120; y += 2)
        for (let x = 120; x < 180; x += 2) {
          if (Math.abs(head(x, y, z)) > 0.5 || fromHole(x, y, z) > 20) continue;
          const [dx, dy, dz] = displacementAt(displacement, x, y, z);
          unbent += Math.abs(shape(x, y, z) - head(x, y, z));
          bent += Math.abs(shape(x + dx, y + dy, z + dz) - head(x, y, z));
          points++;
        }
    expect(points).toBeGreaterThan(100);
    return [unbent / points, bent / points];
  }

  it('is the mirror image, bent until it fits', () => {
    const [unbent, bent] = errors((x, y, z) => shell(204.8 - x, y, z), fit.mirror, shell);
    expect(unbent).toBeGreaterThan(1.2);
    expect(bent).toBeLessThan(0.45);
  });

  it('is the mean skull, bent until it fits a head of another form', () => {
    // The mean skull itself, moved by up to 4 mm; `test_continuation.py` has the same.
    const head: Distance = (x, y, z) =>
      meanSkull(x + 3 * Math.sin(y / 40), y + 2.5 * Math.cos(z / 35), z + 3 * Math.sin(x / 45));
    const { meanSkull: displacement } = fitContinuation(
      { grid: fitLattice, data: onLattice(head) },
      atlas,
    );
    const [unbent, bent] = errors(meanSkull, displacement, head);
    expect(unbent).toBeGreaterThan(1);
    expect(bent).toBeLessThan(0.1);
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
      [1900, -1.0707, 0.7115, -20.9011],
      [2171, -0.1952, 3.6493, -20.2382],
      [1891, -0.1794, -0.7223, -18.5723],
      [1576, -0.6392, -9.0777, -30.0881],
      [1165, 0.0636, 2.5532, -21.5969],
    ];
    for (const [node, ...value] of mirror)
      value.forEach((v, a) => expect(fit.mirror[a * 3072 + node]).toBeCloseTo(v, 3));
    for (const [node, ...value] of mean)
      value.forEach((v, a) => expect(fit.meanSkull[a * 3072 + node]).toBeCloseTo(v, 2));
  });

  it('is the same for the mirrored head', () => {
    const turned = distance.slice();
    for (let row = 0; row < turned.length; row += 64) turned.subarray(row, row + 64).reverse();
    const other = fitContinuation({ grid: fitLattice, data: turned }, atlas);
    for (let part = 0; part < 3; part++)
      for (let p = 0; p < 3072; p++) {
        const opposite = p - (p % 16) + 15 - (p % 16);
        const seen = other.mirror[part * 3072 + opposite] * (part === 0 ? -1 : 1);
        expect(seen).toBeCloseTo(fit.mirror[part * 3072 + p], 9);
      }
  });
});
