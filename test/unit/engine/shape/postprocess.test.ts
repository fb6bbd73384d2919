import { describe, expect, it } from 'vitest';
import { postprocess } from '../../../../extension/src/engine/shape/postprocess.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { canonicalGrid } from '../../../../extension/src/engine/space/canonical.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';

const n = 80;
const grid = canonicalGrid(n, 1);
type Block = readonly [at: number, edges: readonly [number, number, number]];

/** Blocks of probability 1 with an edge in mm each, one behind the other along x. */
function blocks(...wanted: readonly Block[]) {
  const data = new Float32Array(n ** 3);
  for (const [at, [nx, ny, nz]] of wanted)
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < ny; j++)
        data.fill(1, at + n * (j + 2 + n * (k + 2)), at + nx + n * (j + 2 + n * (k + 2)));
  return { grid, data };
}

const volume = (field: { readonly data: Float32Array }) =>
  field.data.reduce((sum, v) => sum + (v >= 0.5 ? 1 : 0), 0) / 1000;

/** Below all blocks, so that they lie high in the head; or above them. */
const below = [n / 2, n / 2, -60] as const;
const above = [n / 2, n / 2, 100] as const;
/** Beside them, a little higher than their middles. */
const beside = [-40, 7, 14] as const;

function clean(centre: Vec3, ...wanted: readonly Block[]) {
  const [patch, implant] = [blocks(...wanted), blocks(...wanted)];
  const report = postprocess({ patch, implant }, emptyMask(grid).data, 1, centre);
  return { ...report, volume: volume(patch), implant: volume(implant) };
}

describe('the pieces of a patch', () => {
  it('are left out low in the skull, where a scan loses thin bone, and told', () => {
    const result = clean(above, [2, [20, 25, 20]], [40, [10, 8, 10]], [60, [4, 4, 4]]);
    expect(result.patchPieces).toBe(1);
    // The smallest is an artifact that nobody needs to know of.
    expect(result.leftOut).toEqual({ pieces: 1, volume: expect.closeTo(0.8) });
    expect(result.volume).toBeCloseTo(10);
    expect(result.implant).toBeCloseTo(10);
  });

  it('stay if they are a defect of their own beside a larger one', () => {
    const share = clean(beside, [2, [20, 25, 20]], [40, [15, 10, 10]]);
    expect(share).toMatchObject({ patchPieces: 2, leftOut: { pieces: 0 } });
    const large = clean(beside, [2, [30, 60, 30]], [40, [15, 20, 10]]);
    expect(large).toMatchObject({ patchPieces: 2, leftOut: { pieces: 0 } });
    expect(large.volume).toBeCloseTo(57);
  });

  it('need more the lower they lie: under the head thin bone is lost in larger pieces', () => {
    const pieces = [[2, [20, 25, 40]] as const, [60, [15, 20, 12]] as const] as const;
    const level = clean(beside, ...pieces);
    expect(level).toMatchObject({ patchPieces: 2, leftOut: { pieces: 0 } });
    const low = clean(above, ...pieces);
    expect(low).toMatchObject({ patchPieces: 1, leftOut: { pieces: 1 } });
    expect(low.leftOut.volume).toBeCloseTo(3.6);
  });

  it('stay in the vault however small: burr holes', () => {
    const result = clean(below, [2, [20, 25, 20]], [40, [10, 8, 5]], [60, [4, 4, 4]]);
    expect(result).toMatchObject({ patchPieces: 2, leftOut: { pieces: 0 } });
    expect(result.volume).toBeCloseTo(10.4);
  });

  it('of an implant stay with their piece of the patch, however small the clearance makes them', () => {
    const patch = blocks([2, [20, 25, 20]], [40, [15, 10, 10]]);
    const implant = blocks([2, [20, 25, 20]], [40, [8, 8, 8]], [60, [10, 10, 10]]);
    postprocess({ patch, implant }, emptyMask(grid).data, 1, below);
    expect(volume(implant)).toBeCloseTo(10 + 0.512);
  });

  it('must hold something at all', () => {
    expect(() => clean(below, [2, [3, 3, 3]])).toThrow(
      expect.objectContaining({ code: 'no-defect' }),
    );
  });
});
