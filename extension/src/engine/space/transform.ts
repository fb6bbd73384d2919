import type { Vec3 } from './grid.ts';

/** A rotation and a shift: x ↦ R·x + t, in mm. `rotation` is row-major 3 × 3, determinant +1. */
export interface RigidTransform {
  readonly rotation: readonly number[];
  readonly translation: Vec3;
}

export const identityTransform: RigidTransform = {
  rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  translation: [0, 0, 0],
};

/** Applies a rigid transform to a point, mm. */
export function applyRigid(t: RigidTransform, p: Vec3): [number, number, number] {
  const r = t.rotation;
  return [
    r[0] * p[0] + r[1] * p[1] + r[2] * p[2] + t.translation[0],
    r[3] * p[0] + r[4] * p[1] + r[5] * p[2] + t.translation[1],
    r[6] * p[0] + r[7] * p[1] + r[8] * p[2] + t.translation[2],
  ];
}

/** The transform that undoes `t`. */
export function invertRigid(t: RigidTransform): RigidTransform {
  const r = t.rotation;
  const rotation = [r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]];
  const back = applyRigid({ rotation, translation: [0, 0, 0] }, t.translation);
  return { rotation, translation: [-back[0], -back[1], -back[2]] };
}

/** By how much a transform turns, degrees, 0 to 180. */
export function turnOf({ rotation: r }: RigidTransform): number {
  const cosine = (r[0] + r[4] + r[8] - 1) / 2;
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

/** First `b`, then `a`. */
export function composeRigid(a: RigidTransform, b: RigidTransform): RigidTransform {
  return { rotation: multiply3(a.rotation, b.rotation), translation: applyRigid(a, b.translation) };
}

/** Product of two row-major 3 × 3 matrices. */
export function multiply3(a: readonly number[], b: readonly number[]): number[] {
  const m = new Array<number>(9);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      m[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
  return m;
}

/** Rotation about x, then y, then z (radians): Rz·Ry·Rx, row-major. */
export function rotationFromEuler(x: number, y: number, z: number): number[] {
  const [cx, sx, cy, sy, cz, sz] = [
    Math.cos(x),
    Math.sin(x),
    Math.cos(y),
    Math.sin(y),
    Math.cos(z),
    Math.sin(z),
  ];
  return multiply3(
    [cz, -sz, 0, sz, cz, 0, 0, 0, 1],
    multiply3([cy, 0, sy, 0, 1, 0, -sy, 0, cy], [1, 0, 0, 0, cx, -sx, 0, sx, cx]),
  );
}

/** Angle of a rotation, degrees. */
export function rotationAngle(rotation: readonly number[]): number {
  const c = (rotation[0] + rotation[4] + rotation[8] - 1) / 2;
  return (Math.acos(Math.min(1, Math.max(-1, c))) * 180) / Math.PI;
}

/** Determinant of a row-major 3 × 3 matrix: +1 for a proper rotation, −1 for a mirrored one. */
export function determinant3(m: readonly number[]): number {
  return (
    m[0] * (m[4] * m[8] - m[5] * m[7]) -
    m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6])
  );
}
