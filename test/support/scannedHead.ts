import { fieldAt, type Atlas } from '../../extension/src/engine/pose/atlas.ts';
import {
  indexToPatient,
  voxelCount,
  type Grid,
  type Vec3,
} from '../../extension/src/engine/space/grid.ts';
import { applyRigid } from '../../extension/src/engine/space/transform.ts';
import { ctFiles, type CtIdentity } from '../../scripts/ct-files.ts';
import { phantomIdentity } from '../conformance/phantom.ts';
import { frontalDefect, straightPose } from './phantomSkull.ts';

/** CT number at a place of the patient, LPS mm. */
export type HuAt = (position: Vec3) => number;

const thickestWall = 12;

/** The mean skull with a frontal defect, bone of 1000 HU whose edge is 1 mm wide. */
export function headHu(atlas: Atlas): HuAt {
  const { centre, radius } = frontalDefect;
  return (position) => {
    const [x, y, z] = applyRigid(straightPose, position);
    const outer = fieldAt(atlas.outer, x, y, z);
    const hole = radius - Math.hypot(x - centre[0], y - centre[1], z - centre[2]);
    if (outer > 1 || hole > 1) return 0;
    const inner = fieldAt(atlas.inner, x, y, z);
    const outside = Math.max(outer, -inner, inner - thickestWall, hole);
    return 1000 * Math.min(1, Math.max(0, 0.5 - outside));
  };
}

/** How a scanner takes it. */
export interface Scan {
  /** Of the gantry about the left-right axis, degrees. */
  readonly tilt?: number;
  /** Where the table stands at each slice: patient z of the middle of the slice, mm. */
  readonly table: readonly number[];
  /** How far each slice is moved to the left beside that, mm. */
  readonly shifts?: readonly number[];
}

/** The table's positions from `from` to `to`, `step` apart, mm. */
export function tableSteps(from: number, to: number, step: number): number[] {
  const count = Math.floor((to - from) / step + 1e-6) + 1;
  return Array.from({ length: count }, (_, k) => from + k * step);
}

/**
 * A scan as DICOM files, one a slice. The table moves along the patient's z axis whatever the gantry's tilt, so that the
 * slices of a tilted one lie sheared.
 * @param pixels of a row and of a column, of `pixel` mm
 */
export function scan(
  huAt: HuAt,
  { tilt = 0, table, shifts, pixels, pixel }: Scan & { pixels: number; pixel: number },
): ArrayBuffer[] {
  const angle = (tilt * Math.PI) / 180;
  const column: Vec3 = [0, Math.cos(angle), Math.sin(angle)];
  const half = ((pixels - 1) / 2) * pixel;
  return table.flatMap((z, n) => {
    const grid: Grid = {
      size: [pixels, pixels, 1],
      spacing: [pixel, pixel, 1],
      origin: [(shifts?.[n] ?? 0) - half, -half * column[1], z - half * column[2]],
      axes: [[1, 0, 0], column, [0, -column[2], column[1]]],
    };
    const data = new Int16Array(voxelCount(grid));
    for (let j = 0, p = 0; j < pixels; j++)
      for (let i = 0; i < pixels; i++, p++)
        data[p] = Math.round(huAt(indexToPatient(grid, [i, j, 0])));
    const identity: CtIdentity = {
      ...phantomIdentity,
      sopInstanceUID: () => phantomIdentity.sopInstanceUID(n),
      // As thick as the first are apart.
      attributes: { InstanceNumber: n + 1, SliceThickness: table[1] - table[0] },
    };
    return ctFiles({ grid, data }, identity);
  });
}
