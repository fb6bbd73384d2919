import { readCtFiles, type LoadedCt } from '../../extension/src/dicom/ct/ctPixels.ts';
import {
  identityAxes,
  voxelCount,
  type Grid,
  type Vec3,
} from '../../extension/src/engine/space/grid.ts';
import { rotationFromEuler } from '../../extension/src/engine/space/transform.ts';
import { emptyMask, type CtVolume, type Mask } from '../../extension/src/engine/space/volume.ts';
import type { SegmentToWrite } from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { ctFiles, type CtIdentity } from '../../scripts/ct-files.ts';

/** Deterministic UIDs: `2.25.<base>1`, `2.25.<base>2`, … */
export function uidSource(base: number): () => string {
  let n = 0;
  return () => `2.25.${base}${String(++n).padStart(4, '0')}`;
}

export interface PhantomCase {
  readonly name: string;
  readonly grid: Grid;
}

/** Matrix of 13 × 11: frames of 143 bits, so that no frame but the first starts at a byte border. */
const size: Vec3 = [13, 11, 9];

function oblique(): Grid['axes'] {
  const r = rotationFromEuler(0.3, -0.2, 0.4);
  return [
    [r[0], r[3], r[6]],
    [r[1], r[4], r[7]],
    [r[2], r[5], r[8]],
  ];
}

const straight: Grid = {
  size,
  spacing: [0.9, 0.9, 1.5],
  origin: [-101.25, -73.5, 22.125],
  axes: identityAxes,
};

/** Geometries that go wrong in practice. */
export const phantomCases: readonly PhantomCase[] = [
  { name: 'ascending', grid: straight },
  {
    name: 'descending',
    grid: { ...straight, axes: [identityAxes[0], identityAxes[1], [0, 0, -1]] },
  },
  { name: 'oblique', grid: { ...straight, axes: oblique() } },
  { name: 'non-square', grid: { ...straight, spacing: [0.625, 1.1, 2.3] } },
  {
    name: 'sagittal',
    grid: {
      ...straight,
      axes: [
        [0, 1, 0],
        [0, 0, -1],
        [-1, 0, 0],
      ],
    },
  },
];

/**
 * A mask with a different mark near each face, none of them symmetric, so that any flip, swap of axes
 * or shift changes it. Slices 3 and 5 are left empty.
 */
export function asymmetricMask(grid: Grid, shift = 0): Mask {
  const mask = emptyMask(grid);
  const [nx, ny, nz] = grid.size;
  const set = (i: number, j: number, k: number) => {
    mask.data[i + nx * (j + ny * k)] = 1;
  };
  const fill = (from: Vec3, to: Vec3) => {
    for (let k = from[2]; k <= to[2]; k++)
      for (let j = from[1]; j <= to[1]; j++) for (let i = from[0]; i <= to[0]; i++) set(i, j, k);
  };
  fill([0, 2, 1], [0, 4, 1]); // low i: a line along j
  fill([nx - 1, 5, 2], [nx - 1, 6, 2]); // high i: two voxels
  fill([3, 0, 4], [6, 0, 4]); // low j: a line along i
  fill([7, ny - 1, 6], [8, ny - 1, 7]); // high j: a square in i and k
  fill([2 + shift, 3, 0], [4 + shift, 5, 0]); // low k: a square
  fill([5, 6 - shift, nz - 1], [9, 6 - shift, nz - 1]); // high k: a line
  set(6, 5, 4);
  for (const k of [3, 5]) mask.data.fill(0, nx * ny * k, nx * ny * (k + 1));
  return mask;
}

export function asymmetricCt(grid: Grid): CtVolume {
  const data = new Int16Array(voxelCount(grid));
  for (let i = 0; i < data.length; i++) data[i] = -1000 + ((i * 7919) % 3000);
  return { grid, data };
}

export const phantomIdentity: CtIdentity = {
  studyInstanceUID: '2.25.1000',
  seriesInstanceUID: '2.25.2000',
  frameOfReferenceUID: '2.25.3000',
  sopInstanceUID: (k) => `2.25.4${String(k).padStart(4, '0')}`,
};

/** The phantom's CT, as read back from its files, in whatever order those come. */
export function phantomCt(
  grid: Grid,
  arrange: (files: ArrayBuffer[]) => ArrayBuffer[] = (files) => files,
): LoadedCt {
  return readCtFiles(arrange(ctFiles(asymmetricCt(grid), phantomIdentity)));
}

/** A patch and an implant that overlap. */
export function phantomSegments(grid: Grid): SegmentToWrite[] {
  const algorithm = {
    type: 'AUTOMATIC',
    name: 'cranioplasty lite',
    version: '1.0.0',
    modelHash: 'ab'.repeat(32),
  } as const;
  return [
    {
      kind: 'skull-patch',
      label: 'Skull patch',
      description: 'Missing bone, reconstructed',
      mask: asymmetricMask(grid),
      algorithm,
    },
    { kind: 'implant', label: 'Implant', mask: asymmetricMask(grid, 1), algorithm },
  ];
}
