import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Grid, Vec3 } from '../../../extension/src/engine/space/grid.ts';
import { gridFromSteps } from './volumeFile.ts';

/** Which way the index axes of a file point in the patient: `LPS`, `RAS`, `LIA` and so on. */
export interface Orientation {
  /** The directions in which i, j and k grow, a letter each. */
  readonly name: string;
  /** The same as unit vectors, LPS. */
  readonly axes: Grid['axes'];
}

const directions: Readonly<Record<string, Vec3>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};

/**
 * Reads the name of an orientation, upper or lower case.
 * @returns undefined if it is none: three letters, one each of L or R, P or A, S or I
 */
export function parseOrientation(written: string): Orientation | undefined {
  const name = written.toUpperCase();
  const [i, j, k] = [...name].map((letter) => directions[letter]);
  if (name.length !== 3 || !i || !j || !k) return undefined;
  const each = [0, 1, 2].every((c) => Math.abs(i[c]) + Math.abs(j[c]) + Math.abs(k[c]) === 1);
  return each ? { name, axes: [i, j, k] } : undefined;
}

/** The letters of the directions that the axes of a grid are nearest to. */
function nameOf({ axes }: Grid): string {
  const nearest = (axis: Vec3): string =>
    Object.entries(directions)
      .map(([letter, d]) => [letter, d.reduce((sum, v, c) => sum + v * axis[c], 0)] as const)
      .reduce((a, b) => (b[1] > a[1] ? b : a))[0];
  return axes.map(nearest).join('');
}

/**
 * The grid of a file that does not say how it lies in the patient; its first voxel becomes the origin.
 *
 * @param spacing mm
 * @param format of the file, and what it lacks, for the error
 * @throws CranioplastyError `bad-geometry` without an orientation or without a voxel size
 */
export function gridByOption(
  size: Vec3,
  spacing: readonly number[],
  orientation: Orientation | undefined,
  format: string,
  lacks: string,
): Grid {
  if (!orientation) {
    throw new CranioplastyError(
      'bad-geometry',
      `The ${format} file does not say how it lies in the patient (${lacks}): export it with its orientation, or say with --orientation which way its axes point, like --orientation LPS.`,
    );
  }
  if (spacing.length !== 3 || !spacing.every((s) => Number.isFinite(s) && s > 0)) {
    throw noVoxelSize(format);
  }
  const [i, j, k] = orientation.axes.map(
    (axis, a) => axis.map((v) => v * spacing[a]) as unknown as Vec3,
  );
  return gridFromSteps(size, [0, 0, 0], [i, j, k]);
}

/** The error of a file that does not say how large its voxels are. */
export function noVoxelSize(format: string): CranioplastyError {
  return new CranioplastyError(
    'bad-geometry',
    `The ${format} file does not say how large its voxels are: export it with its voxel size.`,
  );
}

/**
 * What to tell the user where a file says itself how it lies, and not what was given; the file holds then.
 *
 * @param grid of the file as it was read
 * @param name of the file
 */
export function orientationConflict(
  grid: Grid,
  given: Orientation | undefined,
  name: string,
): string | undefined {
  const own = nameOf(grid);
  return given && given.name !== own
    ? `${name} says itself that its axes point to ${own}: --orientation ${given.name} is not used for it.`
    : undefined;
}
