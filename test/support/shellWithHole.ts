import type { Grid, Vec3 } from '../../extension/src/engine/space/grid.ts';
import { identityAxes } from '../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../extension/src/engine/space/volume.ts';

/** A spherical vault around the origin, mm. */
export const shell = { outer: 70, inner: 64 } as const;
/** Radius of its hole at the outer rim, mm. */
export const holeRadius = 22;

/** Where the hole is: whether a position (mm) lies in it. */
export type Hole = (x: number, y: number, z: number) => boolean;

const rimHeight = Math.sqrt(shell.outer ** 2 - holeRadius ** 2);

/** Round holes: with parallel walls, wider inside by an angle (degrees), and with parallel walls that lean by one. */
export const straightHole: Hole = (x, y) => x * x + y * y < holeRadius ** 2;
export const coneRadius = (z: number, angle: number): number =>
  holeRadius + (rimHeight - z) * Math.tan((angle * Math.PI) / 180);
export const flaredHole =
  (angle: number): Hole =>
  (x, y, z) =>
    x * x + y * y < coneRadius(z, angle) ** 2;
export const leaningAxis = (angle: number): Vec3 => [
  Math.sin((angle * Math.PI) / 180),
  0,
  Math.cos((angle * Math.PI) / 180),
];
/** Distance from the axis of a leaning hole, which passes through the middle of the outer surface. */
export const fromLeaningAxis = (angle: number, x: number, y: number, z: number): number => {
  const axis = leaningAxis(angle);
  const d = [x, y, z - shell.outer];
  const along = d[0] * axis[0] + d[2] * axis[2];
  return Math.sqrt(Math.max(0, d[0] ** 2 + d[1] ** 2 + d[2] ** 2 - along ** 2));
};
export const leaningHole =
  (angle: number): Hole =>
  (x, y, z) =>
    fromLeaningAxis(angle, x, y, z) < holeRadius;

/** The upper part of the vault on a grid of that spacing. */
export function shellWithHole(
  hole: Hole,
  spacing: Vec3 = [0.6, 0.6, 0.6],
): { skull: Mask; patch: Mask } {
  const low = [-45, -45, 38];
  const high = [45, 45, 76];
  const size = [0, 1, 2].map((a) => Math.ceil((high[a] - low[a]) / spacing[a])) as unknown as Vec3;
  // Off the middle by an odd share of a voxel, so that nothing is symmetric by chance.
  const origin = low.map((v, a) => v + 0.37 * spacing[a]) as unknown as Vec3;
  const grid: Grid = { size, spacing, origin, axes: identityAxes };
  const skull = emptyMask(grid);
  const patch = emptyMask(grid);
  for (let k = 0, p = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++, p++) {
        const [x, y, z] = [i, j, k].map((n, a) => origin[a] + n * spacing[a]);
        const r = Math.hypot(x, y, z);
        if (r < shell.inner || r > shell.outer) continue;
        (hole(x, y, z) ? patch : skull).data[p] = 1;
      }
  return { skull, patch };
}

/** Volume (ml) of what fulfils a condition, by points 0.1 mm apart in the upper part of the vault. */
export function exactVolume(inside: Hole): number {
  const step = 0.1;
  let count = 0;
  for (let x = -40 + step / 2; x < 40; x += step)
    for (let y = -40 + step / 2; y < 40; y += step) {
      const rr = x * x + y * y;
      const [least, most] = [
        Math.sqrt(Math.max(0, (shell.inner - 1) ** 2 - rr)),
        Math.sqrt((shell.outer + 1) ** 2 - rr),
      ];
      for (let z = least + step / 2; z < most; z += step) if (inside(x, y, z)) count++;
    }
  return (count * step ** 3) / 1000;
}
