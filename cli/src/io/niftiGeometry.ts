import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Vec3 } from '../../../extension/src/engine/space/grid.ts';
import type { NiftiHeader } from './niftiHeader.ts';
import { gridByOption, type Orientation } from './orientation.ts';
import { gridFromSteps, type VolumeFile } from './volumeFile.ts';

/** Rows of the affine in RAS that the quaternion and the voxel sizes make. */
function qform(header: NiftiHeader): readonly number[] {
  const [b, c, d, x, y, z] = header.quatern;
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const handedness = header.pixdim(0) < 0 ? -1 : 1;
  const [i, j, k] = [header.pixdim(1), header.pixdim(2), header.pixdim(3) * handedness];
  return [
    (a * a + b * b - c * c - d * d) * i,
    2 * (b * c - a * d) * j,
    2 * (b * d + a * c) * k,
    x,
    2 * (b * c + a * d) * i,
    (a * a + c * c - b * b - d * d) * j,
    2 * (c * d - a * b) * k,
    y,
    2 * (b * d - a * c) * i,
    2 * (c * d + a * b) * j,
    (a * a + d * d - c * c - b * b) * k,
    z,
  ];
}

/** Voxel sizes may differ by this share: headers round. */
const sizeTolerance = 0.005;

/** Lengths of the columns of an affine, as it is written. */
const lengthsOf = (m: readonly number[]): number[] =>
  [0, 1, 2].map((a) => Math.hypot(m[a], m[4 + a], m[8 + a]));

/**
 * Checks that a file does not give its voxels two sizes. The sform may put a head into a standard space; what is
 * made to measure from it would fit nobody.
 * @throws CranioplastyError `bad-geometry`
 */
function assertOneSize(header: NiftiHeader): void {
  if (header.sformCode <= 0) return;
  const spacing = [1, 2, 3].map((axis) => Math.abs(header.pixdim(axis)));
  const lengths = lengthsOf(header.sform);
  const differs = lengths.some(
    (length, a) => spacing[a] > 0 && Math.abs(length / spacing[a] - 1) > sizeTolerance,
  );
  if (!differs) return;
  const [own, other] = [spacing, lengths].map((v) => v.map((x) => x.toFixed(3)).join(' × '));
  throw new CranioplastyError(
    'bad-geometry',
    `The NIfTI file gives its voxels two sizes (${own} by pixdim and qform, ${other} by the sform): export it in the space of the scan.`,
  );
}

/** Farthest that a corner of the volume moves from one affine to the other, as they are written. */
function farthest(a: readonly number[], b: readonly number[], size: Vec3): number {
  let most = 0;
  for (let corner = 0; corner < 8; corner++) {
    const at = [0, 1, 2].map((axis) => (corner & (1 << axis) ? size[axis] - 1 : 0));
    const moved = [0, 4, 8].map(
      (row) =>
        (a[row] - b[row]) * at[0] +
        (a[row + 1] - b[row + 1]) * at[1] +
        (a[row + 2] - b[row + 2]) * at[2] +
        a[row + 3] -
        b[row + 3],
    );
    most = Math.max(most, Math.hypot(...moved));
  }
  return most;
}

const handednessOf = (m: readonly number[]): number =>
  Math.sign(
    m[0] * (m[5] * m[10] - m[6] * m[9]) -
      m[1] * (m[4] * m[10] - m[6] * m[8]) +
      m[2] * (m[4] * m[9] - m[5] * m[8]),
  );

/**
 * What to tell the user of a file whose sform and qform put the head in two places.
 * @throws CranioplastyError `bad-geometry` if one is the mirror image of the other
 */
function compareForms(header: NiftiHeader, size: Vec3, scale: number): string[] {
  if (header.sformCode <= 0 || header.qformCode <= 0) return [];
  const other = qform(header);
  if (handednessOf(other) !== handednessOf(header.sform)) {
    throw new CranioplastyError(
      'bad-geometry',
      'The NIfTI file says twice how it lies in the patient (sform and qform), once as a mirror image: export it again.',
    );
  }
  const apart = farthest(header.sform, other, size) * scale;
  const voxel = Math.min(...lengthsOf(header.sform)) * scale;
  return apart > voxel
    ? [
        `The NIfTI file puts the head in two places, up to ${apart.toFixed(1)} mm apart: the result lies where its sform says, not its qform.`,
      ]
    : [];
}

/**
 * Where the voxels are, patient LPS mm, and what is odd about that.
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-geometry` if it has no orientation, two sizes or mirrored ones, or is sheared
 */
export function niftiGrid(
  header: NiftiHeader,
  size: Vec3,
  orientation?: Orientation,
): Pick<VolumeFile, 'grid' | 'warnings'> {
  // Lengths are in mm unless the units say metres or micrometres.
  const scale = { 1: 1000, 3: 0.001 }[header.units & 7] ?? 1;
  const affine =
    header.sformCode > 0 ? header.sform : header.qformCode > 0 ? qform(header) : undefined;
  if (!affine) {
    const spacing = [1, 2, 3].map((axis) => header.pixdim(axis) * scale);
    return { grid: gridByOption(size, spacing, orientation, 'NIfTI', 'no sform, no qform') };
  }
  const m = affine.map((v, n) => v * scale * (n < 8 ? -1 : 1));
  const steps = [0, 1, 2].map((a): Vec3 => [m[a], m[4 + a], m[8 + a]]);
  const grid = gridFromSteps(size, [m[3], m[7], m[11]], [steps[0], steps[1], steps[2]]);
  assertOneSize(header);
  return { grid, warnings: compareForms(header, size, scale) };
}
