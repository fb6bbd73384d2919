import { beforeAll, describe, expect, it } from 'vitest';
import type { Atlas } from '../../../../extension/src/engine/pose/atlas.ts';
import { measureFitError, meetsBone } from '../../../../extension/src/engine/judge/fitError.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { indexToPatient } from '../../../../extension/src/engine/space/grid.ts';
import { applyRigid, invertRigid } from '../../../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../../../support/atlasFiles.ts';
import {
  frontalDefect,
  phantomSkull,
  straightPose,
  type PhantomSkull,
} from '../../../support/phantomSkull.ts';

const toCanonical = straightPose;
const patientOf = (canonical: Vec3): Vec3 => applyRigid(invertRigid(toCanonical), canonical);
const apart = (a: Vec3, b: Vec3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const largest = (values: Float32Array) =>
  values.reduce((most, v) => (Number.isNaN(v) ? most : Math.max(most, Math.abs(v))), 0);

let atlas: Atlas;
let phantom: PhantomSkull;
beforeAll(async () => {
  atlas = await shippedAtlas();
  phantom = phantomSkull(atlas, toCanonical);
});

/** A voxel of the patch on its outer border, in patient mm: one that touches bone, farthest from the centre. */
function borderPlace(): Vec3 {
  const { patch, defective } = phantom;
  const [nx, ny] = patch.grid.size;
  const centre = patientOf(atlas.centre);
  let best: Vec3 = [0, 0, 0];
  let farthest = 0;
  patch.data.forEach((v, p) => {
    if (!v || !defective.data[p + 1]) return;
    const at = indexToPatient(patch.grid, [
      p % nx,
      Math.floor(p / nx) % ny,
      Math.floor(p / (nx * ny)),
    ]);
    if (apart(at, centre) > farthest) [best, farthest] = [at, apart(at, centre)];
  });
  return best;
}

/** The patch with a ball added, outside of the bone, or taken away. */
function planted(centre: Vec3, radius: number, add: boolean): Mask {
  const { patch, defective } = phantom;
  const out: Mask = { grid: patch.grid, data: patch.data.slice() };
  const [nx, ny, nz] = patch.grid.size;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (defective.data[p]) continue;
        if (apart(indexToPatient(patch.grid, [i, j, k]), centre) > radius) continue;
        out.data[p] = add ? 1 : 0;
      }
  return out;
}

describe('the error of a fit', () => {
  const judge = (patch: Mask, reference: Mask | undefined) =>
    measureFitError({
      skull: phantom.defective,
      patch,
      implant: patch,
      reference,
      toCanonical,
      atlas,
    });

  it('is nothing where the patch is the reference', () => {
    const error = judge(phantom.patch, phantom.patch);
    expect(error.reference).toBe('segment');
    expect(largest(error.distance)).toBeLessThan(1e-6);
    expect(largest(error.curvature)).toBeLessThan(1e-6);
    expect(error.border.distance).toBeLessThan(1e-6);
    expect(error.worst).toEqual([]);
    expect(error.metrics?.dice).toBe(1);
  });

  it('takes the intact skull as a reference as well', () => {
    const error = judge(phantom.patch, phantom.complete);
    expect(largest(error.distance)).toBeLessThan(1e-6);
    expect(error.metrics?.dice).toBe(1);
  });

  it.each([
    ['bump', true, 1],
    ['dent', false, -1],
  ])('finds a planted %s at the border first', (_, add, sign) => {
    const place = borderPlace();
    const error = judge(planted(place, 3.5, add), phantom.patch);
    const [first] = error.worst;
    expect(apart(first.position, place)).toBeLessThan(6);
    expect(sign * first.distance).toBeGreaterThan(1);
    expect(first.extent).toBeLessThan(8);
    expect(error.border.curvature).toBeGreaterThan(1e-7);
  });

  it('is small against the opposite side of a symmetric head', () => {
    const error = judge(phantom.patch, undefined);
    expect(error.reference).toBe('mirrored');
    expect(error.metrics).toBeUndefined();
    expect(error.border.distance).toBeLessThan(0.5);
  });

  it('says that there is nothing to judge by', () => {
    const { patch, defective } = phantom;
    const empty = emptyMask(patch.grid);
    expect(() => judge(empty, patch)).toThrow(/patch is empty/);
    expect(() => judge(patch, empty)).toThrow(/reference segment is empty/);
    expect(() => judge(patch, defective)).toThrow(/none of the missing bone/);
    const elsewhere = { ...patch, grid: { ...patch.grid, spacing: [1, 1, 1] as Vec3 } };
    expect(() => judge(patch, elsewhere)).toThrow(/different grids/);
    const both = phantomSkull(atlas, toCanonical, { ...frontalDefect, centre: [102.4, 20, 80] });
    expect(() =>
      measureFitError({
        skull: both.defective,
        patch: both.patch,
        implant: both.patch,
        toCanonical,
        atlas,
      }),
    ).toThrow(/opposite side .* missing too/);
  });

  it('has no border where the patch does not touch the skull, and still figures', () => {
    const { grid } = phantom.patch;
    const [nx, ny] = grid.size;
    const placeOf = (p: number): Vec3 =>
      indexToPatient(grid, [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))]);
    const missing = Array.from(phantom.patch.data.keys()).filter((p) => phantom.patch.data[p]);
    const middle = placeOf(missing[Math.floor(missing.length / 2)]);
    const cavity = patientOf(atlas.centre);
    /** A ball of 5 mm, a share of the way from the missing bone to the middle of the head. */
    const ball = (share: number): Mask => {
      const at = middle.map((v, a) => v + share * (cavity[a] - v)) as unknown as Vec3;
      const data = Uint8Array.from(phantom.patch.data, (_, p) =>
        apart(placeOf(p), at) < 5 ? 1 : 0,
      );
      return { grid, data };
    };
    const { border, worst, metrics } = judge(ball(0.15), phantom.patch);
    expect(meetsBone(border)).toBe(false);
    expect(border).toEqual({ distance: NaN, distance95: NaN, curvature: NaN });
    expect(worst).toEqual([]);
    expect(metrics).toMatchObject({ dice: 0, borderDistance: NaN, borderCurvatureError: NaN });
    expect(metrics?.outerSurfaceError).toBeGreaterThan(3);
    // Deep in the head there is nothing to compare with either.
    expect(() => judge(ball(1), phantom.patch)).toThrow(/holds none of the missing bone/);
  });
});
