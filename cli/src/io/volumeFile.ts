import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { assertGrid, type Grid, type Vec3 } from '../../../extension/src/engine/space/grid.ts';
import type { CtVolume, Mask } from '../../../extension/src/engine/space/volume.ts';
import type { Scalars } from './scalars.ts';

/** One of the segments of a file in which segments may overlap. */
export interface FileSegment {
  /** By which it is chosen, from 1. */
  readonly number: number;
  readonly name: string;
  /** Where its voxels are: value number `layer` of each voxel. */
  readonly layer: number;
  readonly label: number;
}

/** A volume as a file holds it. */
export interface VolumeFile {
  readonly grid: Grid;
  /** One value a voxel, or one for each layer, those of a voxel side by side. */
  readonly values: Scalars;
  /** Distance of neighbouring values that the file can hold, where it is not 1: labels are off by up to half of it. */
  readonly step?: number;
  readonly layers?: { readonly count: number; readonly segments: readonly FileSegment[] };
  /** What the user should know of the file, a sentence each. */
  readonly warnings?: readonly string[];
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

/** How far a label may be from a whole number, and no more than this. */
const labelTolerance = 0.01;
const mostTolerance = 0.3;

/** What turns stored values into labels: not a number is background, and labels behind a scale are rounded. */
function labelReader(step = 0): (value: number) => number {
  const tolerance = Math.min(mostTolerance, Math.max(labelTolerance, 0.51 * step));
  return (value) => {
    if (!Number.isFinite(value)) return 0;
    const whole = Math.round(value);
    return Math.abs(value - whole) <= tolerance ? whole + 0 : value;
  };
}

/** The segment of that number, else the only one. */
function chooseSegment(segments: readonly FileSegment[], wanted?: number): FileSegment {
  const found = wanted === undefined ? segments : segments.filter((s) => s.number === wanted);
  if (found.length === 1) return found[0];
  const list = segments.map(({ number, name }) => `${number} (${name})`).join(', ');
  throw new CranioplastyError(
    'bad-usage',
    wanted === undefined
      ? `The volume holds the segments ${list}: choose one with --segment.`
      : `The volume has no segment ${wanted}: choose one of ${list}.`,
  );
}

/**
 * The mask that a label volume holds: the voxels of label `label`, or of its only label; of a file in
 * layers those of segment `label`.
 * @throws CranioplastyError `bad-usage` if there are several labels and none was chosen;
 *   `empty-skull` if no voxel is set
 */
export function maskOf({ grid, values, step, layers }: VolumeFile, label?: number): Mask {
  const labelOf = labelReader(step);
  const segment = layers && chooseSegment(layers.segments, label);
  const stride = layers?.count ?? 1;
  const wanted = segment?.label ?? label ?? onlyLabel(values, labelOf);
  const data = new Uint8Array(values.length / stride);
  let count = 0;
  let last = Number.NaN;
  let isWanted = false;
  for (
    let i = segment?.layer ?? 0, p = 0;
    p < data.length && wanted !== undefined;
    i += stride, p++
  ) {
    const value = values[i];
    if (value !== last) {
      last = value;
      isWanted = labelOf(value) === wanted;
    }
    if (isWanted) {
      data[p] = 1;
      count++;
    }
  }
  if (count === 0) {
    throw new CranioplastyError(
      'empty-skull',
      segment
        ? `The segment "${segment.name}" is empty: choose a segment that holds the skull.`
        : label === undefined
          ? 'The volume is empty: give one that holds the skull.'
          : `The volume has no voxel of label ${label}: choose another with --segment.`,
    );
  }
  return { grid, data };
}

/** The single label other than 0; undefined if there is none. */
function onlyLabel(values: Scalars, labelOf: (value: number) => number): number | undefined {
  const labels = new Set<number>();
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === last) continue;
    last = value;
    const label = labelOf(last);
    if (label !== 0) labels.add(label);
    if (labels.size > 8) break;
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

/** What is no number was not measured: air, HU. */
const unmeasured = -1024;

/**
 * The volume as CT numbers, rounded to whole Hounsfield units.
 * @throws CranioplastyError `bad-usage` for a file in layers
 */
export function ctOf({ grid, values, layers }: VolumeFile): CtVolume {
  if (layers) {
    throw new CranioplastyError(
      'bad-usage',
      'The file holds segments, not CT numbers: give the CT itself.',
    );
  }
  if (values instanceof Int16Array) return { grid, data: values };
  const data = new Int16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number.isFinite(values[i]) ? Math.round(values[i]) : unmeasured;
    data[i] = Math.max(-32768, Math.min(32767, value));
  }
  return { grid, data };
}
