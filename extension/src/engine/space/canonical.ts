import type { Grid } from './grid.ts';
import { identityAxes } from './grid.ts';

/** Probability from which on a voxel belongs to a shape. */
export const shapeThreshold = 0.5;
/** Probability below which a network has not even considered a voxel: nothing else may fill it. */
export const consideredFrom = 0.05;

/** A block of the canonical grid: where it starts and how large it is, voxels. */
export interface Region {
  readonly start: readonly [number, number, number];
  readonly size: readonly [number, number, number];
}

/**
 * The canonical grid as a grid in canonical mm. Voxel i covers [i, i+1)·spacing, so that grids of
 * different spacing nest; its centre lies at (i + ½)·spacing (training: `space/canonical.py`).
 */
export function canonicalGrid(size: number, spacing: number): Grid {
  return {
    size: [size, size, size],
    spacing: [spacing, spacing, spacing],
    origin: [spacing / 2, spacing / 2, spacing / 2],
    axes: identityAxes,
  };
}

/** A probability (0 to 1) known on a region of the canonical grid and 0 elsewhere. */
export interface RegionField {
  /** The region as a grid of its own, canonical mm. */
  readonly grid: Grid;
  readonly data: Float32Array;
}

/** The part of the canonical grid that a region covers, as a grid. */
export function regionGrid(canonical: Grid, region: Region): Grid {
  return {
    ...canonical,
    size: region.size,
    origin: [0, 1, 2].map((a) => canonical.origin[a] + region.start[a] * canonical.spacing[a]) as [
      number,
      number,
      number,
    ],
  };
}
