import { CranioplastyError } from '../../engine/space/errors.ts';
import { dot, indexToPatient, type Grid, type Vec3 } from '../../engine/space/grid.ts';
import { depth, gridOfPlanes, planeNormal, type Plane } from '../frames/planes.ts';
import type { CtSlice } from './ctSlice.ts';
import { sliceDistances, type SliceDistances } from './sliceStep.ts';
import { imageName } from './volumeImages.ts';

/** Slices that make no regular grid, and where they lie in the one to which they are brought. */
export interface IrregularSlices {
  /** Matrix of a slice. */
  readonly columns: number;
  readonly rows: number;
  /** Index of the first pixel of each slice in the regular grid; no whole numbers. */
  readonly places: readonly Vec3[];
  /** Angle between the normal of the slices and the way from one to the next, degrees; absent without a tilt. */
  readonly tilt?: number;
  /** Shortest and longest distance of neighbouring slices, mm; absent where they are even. */
  readonly distances?: readonly [number, number];
  /** What was done, a sentence each, for whoever reads the results. */
  readonly notes: readonly string[];
}

/** Largest sideways drift over the whole series, mm: 0.2 mm is what rounding to few digits adds up to. */
const shearTolerance = 0.2;
/** Gantries tilt by up to 30°; a header that says much more is wrong. */
const steepestTilt = 45;

function refuse(what: string, todo: string): CranioplastyError {
  return new CranioplastyError('bad-ct-geometry', `${what}: ${todo}.`);
}

/** How far the first pixel of a plane lies along the rows and columns of another, mm. */
function shiftOf({ position, row, column }: Plane, plane: Plane): readonly [number, number] {
  const d = plane.position.map((v, c) => v - position[c]) as unknown as Vec3;
  return [dot(d, row), dot(d, column)];
}

/** Slope of `values` over `depths`, and how far a value lies from the line at most. */
function fitLine(depths: readonly number[], values: readonly number[]) {
  const mean = (all: readonly number[]) => all.reduce((sum, v) => sum + v, 0) / all.length;
  const [d0, v0] = [mean(depths), mean(values)];
  const products = depths.reduce((sum, d, n) => sum + (d - d0) * (values[n] - v0), 0);
  const slope = products / depths.reduce((sum, d) => sum + (d - d0) ** 2, 0);
  const residual = Math.max(...values.map((v, n) => Math.abs(v - v0 - slope * (depths[n] - d0))));
  return { slope, residual };
}

/**
 * Tilt of the gantry, degrees.
 * @param shifts mm beside the lowest slice
 * @throws CranioplastyError `bad-ct-geometry` if the slices do not drift evenly, or too far for any scanner
 */
function tiltOf(
  sorted: readonly CtSlice[],
  depths: readonly number[],
  shifts: readonly (readonly [number, number])[],
): number {
  const along = [0, 1].map((a) =>
    fitLine(
      depths,
      shifts.map((shift) => shift[a]),
    ),
  );
  if (along.some(({ residual }) => residual > shearTolerance)) {
    const jumps = shifts.map((shift, n) =>
      n === 0 ? 0 : Math.hypot(shift[0] - shifts[n - 1][0], shift[1] - shifts[n - 1][1]),
    );
    const { instance } = sorted[jumps.indexOf(Math.max(...jumps))];
    throw refuse(
      `The CT slices are shifted sideways against each other, and not evenly as by a tilted gantry (most at ${imageName(instance)})`,
      'choose the original axial series of the scanner',
    );
  }
  const tilt = (Math.atan(Math.hypot(along[0].slope, along[1].slope)) * 180) / Math.PI;
  if (tilt > steepestTilt) {
    throw refuse(
      `The CT slices drift sideways by ${tilt.toFixed(0)}°, more than any gantry tilts`,
      'choose the original axial series of the scanner',
    );
  }
  return tilt;
}

function tiltNote(tilt: number, shifts: readonly (readonly [number, number])[]): string {
  const furthest = Math.max(...shifts.map(([a, b]) => Math.hypot(a, b)));
  return `The CT was taken with a gantry tilted by ${tilt.toFixed(1)}°: its slices were moved into their places (by up to ${furthest.toFixed(0)} mm), and the results lie on that straightened grid.`;
}

function unevenNotes({ step, uneven }: SliceDistances): string[] {
  if (!uneven) return [];
  const { shortest, longest, bridged } = uneven;
  const range = `${shortest.toFixed(2)} to ${longest.toFixed(2)} mm`;
  return [
    `The slices of the CT are ${range} apart: they were interpolated to ${step.toFixed(2)} mm. Where they are far apart thin bone is lost, so check the patch there.`,
    ...bridged.map(
      ({ after, gap }) =>
        `The CT lacks images after ${imageName(after.instance)}: the gap of ${gap.toFixed(2)} mm was interpolated.`,
    ),
  ];
}

/**
 * The grid of parallel slices. Slices of a tilted gantry and unevenly spaced ones make none: theirs is the regular one
 * around all of them, as fine as the finest distance that several of them have.
 *
 * @param sorted parallel slices, by their depth along the normal
 * @throws CranioplastyError `bad-ct-geometry` for doubled or missing slices, and such as are shifted in another way
 *   than by a tilt
 */
export function gridOfSlices(
  sorted: readonly CtSlice[],
  columns: number,
  rows: number,
): { readonly grid: Grid; readonly irregular?: IrregularSlices } {
  const lowest = sorted[0].plane;
  const normal = planeNormal(lowest);
  const depths = sorted.map(({ plane }) => depth(plane, normal));
  const distances = sliceDistances(sorted, depths);
  const { step, uneven } = distances;
  const shifts = sorted.map(({ plane }) => shiftOf(lowest, plane));
  const tilted = shifts.some(([a, b]) => Math.hypot(a, b) > shearTolerance);
  if (!tilted && !uneven) return { grid: gridOfPlanes(lowest, columns, rows, sorted.length, step) };

  const tilt = tilted ? tiltOf(sorted, depths, shifts) : undefined;
  // Pixels beside those of the lowest slice; less than the tolerance is rounding.
  const [along, down] = [0, 1].map((a) =>
    shifts.map((shift) => (tilted ? shift[a] / lowest.spacing[a] : 0)),
  );
  const least = [along, down].map((all) => Math.floor(Math.min(...all) + 1e-6));
  const most = [along, down].map((all) => Math.ceil(Math.max(...all) - 1e-6));
  const count = Math.round((depths[depths.length - 1] - depths[0]) / step) + 1;
  const own = gridOfPlanes(lowest, columns, rows, count, step);
  const grid: Grid = {
    ...own,
    size: [columns + most[0] - least[0], rows + most[1] - least[1], count],
    origin: indexToPatient(own, [least[0], least[1], 0]),
  };
  const places = depths.map((d, n): Vec3 => [
    along[n] - least[0],
    down[n] - least[1],
    (d - depths[0]) / step,
  ]);
  const notes = [
    ...(tilt === undefined ? [] : [tiltNote(tilt, shifts)]),
    ...unevenNotes(distances),
  ];
  const irregular: IrregularSlices = {
    columns,
    rows,
    places,
    tilt,
    distances: uneven && [uneven.shortest, uneven.longest],
    notes,
  };
  return { grid, irregular };
}

/**
 * Refuses a series that only makes a regular grid once it is resampled, for those who show its slices as they are:
 * a viewer puts the slices of a tilted gantry straight above each other, and all at the same distance.
 * @throws CranioplastyError `bad-ct-geometry`
 */
export function assertRegular({ irregular }: { readonly irregular?: IrregularSlices }): void {
  if (!irregular) return;
  const { tilt, distances } = irregular;
  const faults = [
    ...(tilt === undefined ? [] : [`was taken with a gantry tilted by ${tilt.toFixed(1)}°`]),
    ...(distances
      ? [`has unevenly spaced slices (${distances.map((d) => d.toFixed(2)).join(' to ')} mm apart)`]
      : []),
  ];
  throw refuse(
    `The CT ${faults.join(' and ')}, so the viewer would show it distorted`,
    'choose a series that was reformatted on a regular grid, or use the command line, which straightens it and writes that series with --straightened-ct',
  );
}
