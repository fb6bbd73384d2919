import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { assertGrid, type Grid, type Vec3 } from '../../../extension/src/engine/space/grid.ts';
import type { CtVolume, Mask } from '../../../extension/src/engine/space/volume.ts';
import type { Scalars } from './scalars.ts';

/** A volume as a file holds it. */
export interface VolumeFile {
  readonly grid: Grid;
  readonly values: Scalars;
}

/**
 * The grid whose voxel (i, j, k) lies at `origin + i·steps[0] + j·steps[1] + k·steps[2]`, LPS mm.
 * @throws CranioplastyError `bad-geometry` if the steps are zero or not orthogonal
 */
export function gridFromSteps(size: Vec3, origin: Vec3, steps: readonly [Vec3, Vec3, Vec3]): Grid {
  const lengths = steps.map((s) => Math.hypot(s[0], s[1], s[2]));
  const grid: Grid = {
    size,
    origin,
    spacing: [lengths[0], lengths[1], lengths[2]],
    axes: steps.map((s, a) => s.map((v) => v / lengths[a])) as unknown as Grid['axes'],
  };
  assertGrid(grid);
  return grid;
}

/**
 * The mask that a label volume holds: the voxels of label `label`, or of its only label.
 * @throws CranioplastyError `bad-usage` if there are several labels and none was chosen;
 *   `empty-skull` if no voxel is set
 */
export function maskOf({ grid, values }: VolumeFile, label?: number): Mask {
  const wanted = label ?? onlyLabel(values);
  const data = new Uint8Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length && wanted !== undefined; i++) {
    if (values[i] === wanted) {
      data[i] = 1;
      count++;
    }
  }
  if (count === 0) {
    throw new CranioplastyError(
      'empty-skull',
      label === undefined
        ? 'The volume is empty: give one that holds the skull.'
        : `The volume has no voxel of label ${label}: choose another with --segment.`,
    );
  }
  return { grid, data };
}

/** The single value other than 0; undefined if there is none. */
function onlyLabel(values: Scalars): number | undefined {
  const labels = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0 && !labels.has(values[i])) {
      labels.add(values[i]);
      if (labels.size > 8) break;
    }
  }
  if (labels.size > 1) {
    const list = [...labels].sort((a, b) => a - b).join(', ');
    throw new CranioplastyError(
      'bad-usage',
      labels.size > 8
        ? 'The volume is not a mask (it holds many values): give a mask of the skull, or make one with "cranioplasty segment".'
        : `The volume holds the labels ${list}: choose one with --segment.`,
    );
  }
  return [...labels][0];
}

/** The volume as CT numbers, rounded to whole Hounsfield units. */
export function ctOf({ grid, values }: VolumeFile): CtVolume {
  if (values instanceof Int16Array) return { grid, data: values };
  const data = new Int16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    data[i] = Math.max(-32768, Math.min(32767, Math.round(values[i])));
  }
  return { grid, data };
}
