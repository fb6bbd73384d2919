import { describe, expect, it } from 'vitest';
import { growAround, trim, type Grown } from '../../../../extension/src/engine/space/crop.ts';
import { indexToPatient, type Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { emptyMask, type Mask } from '../../../../extension/src/engine/space/volume.ts';
import { countSet } from '../../../../extension/src/engine/space/voxels.ts';
import { asymmetricMask, phantomCases } from '../../../conformance/phantom.ts';

/** Patient positions of the set voxels. */
function places({ grid, data }: Mask): string[] {
  const [nx, ny] = grid.size;
  const found: string[] = [];
  data.forEach((v, p) => {
    const index: Vec3 = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))];
    const place = indexToPatient(grid, index).map((x) => x.toFixed(4));
    if (v) found.push(place.join(' '));
  });
  return found.sort();
}

describe('more room around a mask', () => {
  it.each(phantomCases)('moves no voxel, $name', ({ grid }) => {
    const mask = asymmetricMask(grid);
    const { mask: grown, original } = growAround(mask, 4) as Grown;
    expect(places(grown)).toEqual(places(mask));
    // The mask reaches every face.
    const margin = grid.spacing.map((s) => Math.ceil(4 / s));
    expect(grown.grid.size).toEqual(grid.size.map((n, a) => n + 2 * margin[a]));
    expect(original.low).toEqual(margin);
  });

  it('is added only where there is too little', () => {
    const { grid } = phantomCases[0];
    const mask = emptyMask({ ...grid, size: [20, 20, 20], spacing: [1, 1, 1] });
    mask.data[3 + 20 * (10 + 20 * 19)] = 1;
    const { mask: grown, original } = growAround(mask, 5) as Grown;
    expect(grown.grid.size).toEqual([22, 20, 25]);
    expect(original).toEqual({ low: [2, 0, 0], high: [22, 20, 20] });
    expect(growAround(mask, 0)).toBeUndefined();
    expect(growAround(emptyMask(grid), 5)).toBeUndefined();
  });

  it('is taken back but for what is set, on any of the six sides', () => {
    const { grid } = phantomCases[2];
    const mask = asymmetricMask(grid);
    const { mask: grown, original } = growAround(mask, 6) as Grown;
    const [nx, ny] = grown.grid.size;
    expect(trim([grown], original)[0].grid.size).toEqual(grid.size);
    expect(places(trim([grown], original)[0])).toEqual(places(mask));
    for (const axis of [0, 1, 2])
      for (const outside of [original.low[axis] - 2, original.high[axis] + 1]) {
        const shape = emptyMask(grown.grid);
        const index = original.low.map((n, a) => (a === axis ? outside : n + 4));
        shape.data[index[0] + nx * (index[1] + ny * index[2])] = 1;
        const [bone, kept] = trim([grown, shape], original);
        expect(kept.grid.size).toEqual(grid.size.map((n, a) => (a === axis ? n + 2 : n)));
        expect(countSet(kept.data)).toBe(1);
        expect(places(kept)).toEqual(places(shape));
        expect(places(bone)).toEqual(places(mask));
      }
  });
});
