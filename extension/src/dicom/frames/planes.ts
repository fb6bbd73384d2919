import { cross, dot, type Grid, type Vec3 } from '../../engine/space/grid.ts';
import { numbers, type NaturalDataset } from '../part10/attributes.ts';

/** Where an image lies in the patient (PS3.3, C.7.6.2): LPS, mm. */
export interface Plane {
  /** Centre of the first pixel. */
  readonly position: Vec3;
  /** Unit direction along a row: of increasing column index, i. */
  readonly row: Vec3;
  /** Unit direction along a column: of increasing row index, j. */
  readonly column: Vec3;
  /** Distance of pixel centres along i, then j. DICOM's PixelSpacing names them the other way round. */
  readonly spacing: readonly [number, number];
}

/** Largest difference between two directions that count as the same; scanners round to few digits. */
const directionTolerance = 1e-3;

function unit(v: readonly number[]): Vec3 | undefined {
  const length = Math.hypot(v[0], v[1], v[2]);
  return Math.abs(length - 1) < 0.01 ? [v[0] / length, v[1] / length, v[2] / length] : undefined;
}

/**
 * Reads a plane. The three attributes stand side by side in a single-frame image and in three
 * functional groups of a multi-frame one.
 * @returns undefined if an attribute is missing or is no valid geometry
 */
export function readPlane(
  position: NaturalDataset,
  orientation: NaturalDataset = position,
  measures: NaturalDataset = position,
): Plane | undefined {
  const origin = numbers(position, 'ImagePositionPatient', 3);
  const cosines = numbers(orientation, 'ImageOrientationPatient', 6);
  const spacing = numbers(measures, 'PixelSpacing', 2);
  if (!origin || !cosines || !spacing || spacing.some((s) => s <= 0)) return undefined;
  const row = unit(cosines.slice(0, 3));
  const column = unit(cosines.slice(3));
  if (!row || !column || Math.abs(dot(row, column)) >= directionTolerance) return undefined;
  return {
    position: origin as unknown as Vec3,
    row,
    column,
    spacing: [spacing[1], spacing[0]],
  };
}

/** Direction in which slices are stacked: row × column, so that the grid is right-handed. */
export function planeNormal(plane: Plane): Vec3 {
  return unit(cross(plane.row, plane.column)) ?? [0, 0, 1];
}

/** Whether two planes are parallel, turned the same way and sampled alike. */
export function samePose(a: Plane, b: Plane): boolean {
  const sameDirection = (u: Vec3, v: Vec3) =>
    u.every((x, c) => Math.abs(x - v[c]) < directionTolerance);
  return (
    sameDirection(a.row, b.row) &&
    sameDirection(a.column, b.column) &&
    a.spacing.every((s, i) => Math.abs(s - b.spacing[i]) < 1e-3 * s)
  );
}

/** Distance of a plane from the origin along a direction, mm. */
export function depth(plane: Plane, normal: Vec3): number {
  return dot(plane.position, normal);
}

/** How far b's first pixel lies beside a's, measured within the plane, mm. */
export function inPlaneShift(a: Plane, b: Plane, normal: Vec3): number {
  const d: Vec3 = [
    b.position[0] - a.position[0],
    b.position[1] - a.position[1],
    b.position[2] - a.position[2],
  ];
  const along = dot(d, normal);
  return Math.hypot(d[0] - along * normal[0], d[1] - along * normal[1], d[2] - along * normal[2]);
}

/** The grid of planes that start at `first` and follow each other along their normal. */
export function gridOfPlanes(
  first: Plane,
  columns: number,
  rows: number,
  count: number,
  step: number,
): Grid {
  return {
    size: [columns, rows, count],
    spacing: [first.spacing[0], first.spacing[1], step],
    origin: first.position,
    axes: [first.row, first.column, planeNormal(first)],
  };
}
