import type { Grid } from '../space/grid.ts';
import { identityAxes } from '../space/grid.ts';
import { interpolateParts } from '../space/interpolate.ts';
import type { PlacedSkull } from '../space/resample.ts';
import { distanceAt } from '../space/resample.ts';
import type { Volume } from '../space/volume.ts';

/** Distance of neighbouring nodes of the lattice on which shapes are fitted, mm (training: `prior/lattice.py`). */
export const latticeSpacing = 3.2;
/** Nodes along x, y and z; there is no bone above 153.6 mm. */
export const latticeSize = [64, 64, 48] as const;
/** The displacement has one node for each block of this many lattice nodes along an axis. */
export const block = 4;
export const nodes = [16, 16, 12] as const;
export const nodeCount = nodes[0] * nodes[1] * nodes[2];
/** The skull's distance beyond says no more than that it is far, mm. */
export const clampAt = 4;

/** Nodes at which the fit wants the skull's signed distance, canonical mm. */
export const fitLattice: Grid = {
  size: latticeSize,
  spacing: [latticeSpacing, latticeSpacing, latticeSpacing],
  origin: [latticeSpacing / 2, latticeSpacing / 2, latticeSpacing / 2],
  axes: identityAxes,
};

/** Position of a lattice node along an axis, canonical mm. */
const mm = (i: number): number => (i + 0.5) * latticeSpacing;

/** Values of a function of the position (canonical mm) at the lattice's nodes. */
export function onLattice(at: (x: number, y: number, z: number) => number): Float32Array {
  const [nx, ny, nz] = latticeSize;
  const out = new Float32Array(nx * ny * nz);
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) for (let i = 0; i < nx; i++, p++) out[p] = at(mm(i), mm(j), mm(k));
  return out;
}

/** Directions to the 26 neighbours of a node, unit length. */
const aroundNode = [-1, 0, 1].flatMap((z) =>
  [-1, 0, 1].flatMap((y) =>
    [-1, 0, 1].flatMap((x) => {
      const length = Math.hypot(x, y, z);
      return length ? [[x / length, y / length, z / length] as const] : [];
    }),
  ),
);

/**
 * Signed distance of a skull on `fitLattice`, up to 4 mm. Where its native field does not reach that
 * far, a node is one reach farther from the surface than the nearest point one reach away from it.
 */
export function distanceOnLattice({ field, toCanonical }: PlacedSkull): Volume<Float32Array> {
  const at = distanceAt(field, toCanonical);
  const [nx, ny, nz] = latticeSize;
  const data = onLattice(at);
  const reach = field.band * 0.98;
  if (reach >= clampAt) return { grid: fitLattice, data };
  const near = data.slice();
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (Math.abs(near[p]) < reach) continue;
        const sign = Math.sign(near[p]);
        data[p] = sign * clampAt;
        if (!hasNear(near, i, j, k, reach)) continue;
        let least = reach;
        for (const [x, y, z] of aroundNode) {
          const d = sign * at(mm(i) + reach * x, mm(j) + reach * y, mm(k) + reach * z);
          if (d < least) least = d;
        }
        if (least < reach) data[p] = sign * Math.min(clampAt, reach + Math.max(0, least));
      }
  return { grid: fitLattice, data };
}

/** Whether a node or one of its 26 neighbours is nearer to the surface than `reach`. */
function hasNear(near: Float32Array, i: number, j: number, k: number, reach: number): boolean {
  const [nx, ny, nz] = latticeSize;
  for (let z = Math.max(0, k - 1); z <= Math.min(nz - 1, k + 1); z++)
    for (let y = Math.max(0, j - 1); y <= Math.min(ny - 1, j + 1); y++)
      for (let x = Math.max(0, i - 1); x <= Math.min(nx - 1, i + 1); x++)
        if (Math.abs(near[x + nx * (y + ny * z)]) < reach) return true;
  return false;
}

/** Parts along x, y and z (mm) at 16 × 16 × 12 nodes of 12.8 mm each, one part after the other. */
export type Displacement = Float64Array;

/** Volumes as one with their values side by side. */
export function sideBySide(volumes: readonly ArrayLike<number>[]): Float64Array {
  const n = volumes.length;
  const out = new Float64Array(n * volumes[0].length);
  volumes.forEach((values, v) => {
    for (let p = 0, q = v; p < values.length; p++, q += n) out[q] = values[p];
  });
  return out;
}

/** The parts along x, y and z, a volume each. */
export const componentsOf = (u: Displacement): Float64Array[] =>
  [0, 1, 2].map((a) => u.subarray(a * nodeCount, (a + 1) * nodeCount));

/** A displacement as a function of the position (canonical mm): its three parts (mm) into `out`. */
export function displacementOf(
  displacement: Displacement,
): (x: number, y: number, z: number, out: Float64Array) => void {
  const parts = sideBySide(componentsOf(displacement));
  const scale = 1 / (block * latticeSpacing);
  return (x, y, z, out) =>
    interpolateParts(parts, 3, nodes, x * scale - 0.5, y * scale - 0.5, z * scale - 0.5, out);
}
