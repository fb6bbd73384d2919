import type { Vec3 } from '../space/grid.ts';
import { applyRigid, invertRigid, type RigidTransform } from '../space/transform.ts';

/** Which side of the head something is on: within `midline` of the mid-sagittal plane it is on neither. */
export const sides = ['right', 'midline', 'left'] as const;
/** Bones of the vault. */
export const bones = ['frontal', 'parietal', 'temporal', 'occipital'] as const;

/** Where in the vault, as one would say it: "right frontal". */
export type Site = `${(typeof sides)[number]} ${(typeof bones)[number]}`;

/** The middle of the mean skull (`models/atlas`), canonical mm: from there the bones are told by direction. */
const middle: Vec3 = [102.4, 102.4, 40];
/** Nearer to the mid-sagittal plane than this is in the midline, mm. */
const midline = 10;

/** The middle of the head, patient LPS mm. */
export function middleOfHead(toCanonical: RigidTransform): Vec3 {
  return applyRigid(invertRigid(toCanonical), middle);
}

/**
 * Names the side and the bone of a position. The bones are those of the mean skull, by the directions of bregma,
 * pterion, lambda and asterion from its middle: sutures of one head lie a centimetre or so elsewhere.
 *
 * @param position patient LPS mm
 * @param toCanonical patient LPS mm → canonical mm (Left, Posterior, Superior)
 */
export function siteOf(position: Vec3, toCanonical: RigidTransform): Site {
  const q = applyRigid(toCanonical, position);
  const [left, posterior, up] = q.map((v, a) => v - middle[a]);
  const side = Math.abs(left) < midline ? 'midline' : left > 0 ? 'left' : 'right';
  const length = Math.hypot(left, posterior, up) || 1;
  return `${side} ${boneAt(posterior / length, up / length)}`;
}

/**
 * @param posterior part of the direction toward the back
 * @param rise part of it toward the vertex
 */
function boneAt(posterior: number, rise: number): (typeof bones)[number] {
  // The coronal suture runs from bregma (straight up) to pterion (0.35 in front, level).
  if (-posterior > 0.35 * (1 - rise)) return 'frontal';
  // The lambdoid suture from lambda (0.97 behind, 0.25 up) to asterion (0.72 behind, 0.32 down).
  if (posterior > 0.86 + 0.44 * rise) return 'occipital';
  // The top of the squamous suture.
  return rise < 0.08 ? 'temporal' : 'parietal';
}
