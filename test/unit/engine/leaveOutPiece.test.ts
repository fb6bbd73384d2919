import { describe, expect, it } from 'vitest';
import type { Grid, Vec3 } from '../../../extension/src/engine/space/grid.ts';
import { indexToPatient, patientToIndex } from '../../../extension/src/engine/space/grid.ts';
import { leaveOutPiece } from '../../../extension/src/engine/leaveOutPiece.ts';
import { piecesOf } from '../../../extension/src/engine/shape/pieces.ts';
import { warnOfPieces } from '../../../extension/src/engine/warnings.ts';
import { maskSurface } from '../../../extension/src/engine/surface/skullSurface.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import type { Mesh } from '../../../extension/src/engine/surface/mesh.ts';
import type { Reconstruction } from '../../../extension/src/engine/reconstruction.ts';
import { emptyMask, type Mask } from '../../../extension/src/engine/space/volume.ts';
import { countSet } from '../../../extension/src/engine/space/voxels.ts';
import { smallReconstruction } from '../worker/fakes.ts';

/** Turned and anisotropic: a position is not an index. */
const grid: Grid = {
  size: [40, 30, 20],
  spacing: [1, 1, 1.5],
  origin: [-20, 5, 40],
  axes: [
    [0, 1, 0],
    [-1, 0, 0],
    [0, 0, 1],
  ],
};

function balls(...spheres: (readonly [number, number, number, number])[]): Mask {
  const mask = emptyMask(grid);
  const [nx, ny, nz] = grid.size;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++)
        for (const [x, y, z, r] of spheres)
          if (Math.hypot(i - x, j - y, 1.5 * (k - z)) < r) mask.data[p] = 1;
  return mask;
}

const large = [10, 15, 10, 6] as const;
const small = [30, 15, 10, 4] as const;
/** Far below the head's middle, so that every face is an outer one for some direction. */
const centre: Vec3 = [0, 0, -100];

function twoPieces(implant: Mask = balls(large, small)): Reconstruction {
  const patch = balls(large, small);
  const base = smallReconstruction();
  const mesh = maskSurface(patch);
  const perVertex = Float32Array.from({ length: mesh.positions.length / 3 }, (_, v) =>
    indexOf(mesh, v)[0] > 20 ? 3 : 1,
  );
  return {
    ...base,
    alignment: { ...base.alignment, toCanonical: identityTransform },
    patch: { ...base.patch, mask: patch, mesh },
    implant: { ...base.implant, mask: implant, mesh: maskSurface(implant) },
    pieces: piecesOf(patch),
    agreement: { dice: 0.9, mean: 1.3, p95: 3, perVertex },
    warnings: [{ code: 'several-defects', message: 'Two.' }],
  };
}

const indexOf = ({ positions }: Mesh, v: number): number[] =>
  patientToIndex(grid, [positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]]);

const reach = (mesh: Mesh): number[] => {
  const i = Array.from({ length: mesh.positions.length / 3 }, (_, v) => indexOf(mesh, v)[0]);
  return [Math.min(...i), Math.max(...i)];
};

describe('the pieces of a patch', () => {
  it('are listed with volume and middle, largest first', () => {
    const pieces = piecesOf(balls(small, large));
    expect(pieces).toHaveLength(2);
    expect(pieces[0].volume).toBeCloseTo(((4 / 3) * Math.PI * 6 ** 3) / 1000, 1);
    expect(pieces[0].middle).toEqual(indexToPatient(grid, [10, 15, 10]));
    expect(pieces[1].middle).toEqual(indexToPatient(grid, [30, 15, 10]));
    expect(piecesOf(emptyMask(grid))).toEqual([]);
  });

  it('have their middle on them even where they bend around it', () => {
    const mask = emptyMask(grid);
    for (let a = 0; a < 300; a++) {
      const [i, j] = [Math.cos(a / 100), Math.sin(a / 100)].map((c) => Math.round(14 + 10 * c));
      mask.data[i + grid.size[0] * (j + grid.size[1] * 5)] = 1;
    }
    const [piece, ...others] = piecesOf(mask);
    expect(others).toEqual([]);
    const [i, j, k] = patientToIndex(grid, piece.middle).map(Math.round);
    expect(mask.data[i + grid.size[0] * (j + grid.size[1] * k)]).toBe(1);
  });
});

describe('the warning of several pieces', () => {
  const middle: Vec3 = [0, 0, 0];
  it('counts what can be a defect, not slivers', () => {
    const pieces = [29, 0.6, 0.07].map((volume) => ({ volume, middle }));
    expect(warnOfPieces(pieces)[0].message).toContain('2 separate pieces');
    expect(warnOfPieces([pieces[0], pieces[2]])).toEqual([]);
  });
});

describe('leaving out a piece', () => {
  it('takes away its voxels, its implant and its surface, and measures the rest', () => {
    const before = twoPieces();
    const after = leaveOutPiece(before, 1, centre);
    for (const shape of ['patch', 'implant'] as const) {
      expect(after[shape].mask.data).toEqual(balls(large).data);
      expect(reach(after[shape].mesh)[0]).toBeCloseTo(reach(before[shape].mesh)[0]);
      expect(reach(after[shape].mesh)[1]).toBeLessThan(20);
      const { measurements } = after[shape];
      expect(measurements.volume).toBeCloseTo((countSet(balls(large).data) * 1.5) / 1000);
      expect(measurements.extent).toBeCloseTo(12, -0.5);
      expect(Math.max(...after[shape].mesh.triangles)).toBe(
        after[shape].mesh.positions.length / 3 - 1,
      );
    }
    expect(after.pieces).toEqual(before.pieces.slice(0, 1));
    expect(after.agreement).toMatchObject({ dice: 0.9, mean: 1, p95: 1 });
    expect(after.agreement?.perVertex.length).toBe(after.patch.mesh.positions.length / 3);
    expect(after.warnings.map(({ code }) => code)).toEqual(['piece-left-out']);
    // What it was made from is untouched.
    expect(countSet(before.patch.mask.data)).toBe(countSet(balls(large, small).data));
  });

  it('forgets an agreement of which nothing is known at the vertices', () => {
    const before = twoPieces();
    const reopened = { dice: 0.9, mean: 1.3, p95: 3, perVertex: new Float32Array() };
    const given = { ...before, agreement: reopened, deviation: reopened };
    const after = leaveOutPiece(given, 1, centre);
    expect([after.agreement, after.deviation]).toEqual([undefined, undefined]);
  });

  it('can take the largest, and keeps an implant that lies on no piece of it', () => {
    const elsewhere = [20, 25, 10, 2] as const;
    const after = leaveOutPiece(twoPieces(balls(large, small, elsewhere)), 0, centre);
    expect(after.patch.mask.data).toEqual(balls(small).data);
    expect(after.implant.mask.data).toEqual(balls(small, elsewhere).data);
  });

  it('makes the surface anew where one hangs together over both pieces', () => {
    const before = twoPieces();
    const bridge = maskSurface(balls(large, small, [20, 15, 10, 6]));
    const joined = { ...before, patch: { ...before.patch, mesh: bridge } };
    const after = leaveOutPiece(joined, 1, centre);
    expect(after.patch.mesh).toEqual(maskSurface(balls(large)));
    // Its vertices are others.
    expect(after.agreement).toBeUndefined();
  });

  it('refuses the only piece and one that is not there', () => {
    const one = leaveOutPiece(twoPieces(), 1, centre);
    expect(() => leaveOutPiece(one, 0, centre)).toThrow(
      expect.objectContaining({ code: 'bad-usage' }),
    );
    expect(() => leaveOutPiece(twoPieces(), 2, centre)).toThrow(/one of several pieces/);
  });
});
