import { describe, expect, it } from 'vitest';
import {
  boundingBox,
  partInBox,
  roomAround,
  unionBox,
  wholeBox,
  type Box,
} from '../../../../extension/src/engine/space/crop.ts';
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

/** A mask and its own grid continued around it. */
function withRoom(mask: Mask, margin: number): { readonly grown: Mask; readonly box: Box } {
  const content = boundingBox([mask.data], mask.grid.size) as Box;
  const box = roomAround(content, margin, mask.grid);
  return { grown: partInBox({ mask, low: [0, 0, 0] }, mask.grid, box), box };
}

describe('more room around a mask', () => {
  it.each(phantomCases)('moves no voxel, $name', ({ grid }) => {
    const mask = asymmetricMask(grid);
    const { grown, box } = withRoom(mask, 4);
    expect(places(grown)).toEqual(places(mask));
    // The mask reaches every face.
    const margin = grid.spacing.map((s) => Math.ceil(4 / s));
    expect(grown.grid.size).toEqual(grid.size.map((n, a) => n + 2 * margin[a]));
    expect(box.low).toEqual(margin.map((n) => -n));
  });

  it('is added only where there is too little', () => {
    const { grid } = phantomCases[0];
    const mask = emptyMask({ ...grid, size: [20, 20, 20], spacing: [1, 1, 1] });
    mask.data[3 + 20 * (10 + 20 * 19)] = 1;
    const { grown, box } = withRoom(mask, 5);
    expect(grown.grid.size).toEqual([22, 20, 25]);
    expect(box).toEqual({ low: [-2, 0, 0], high: [20, 20, 25] });
    expect(withRoom(mask, 0).box).toEqual(wholeBox(mask.grid));
    expect(withRoom(mask, 0).grown.grid).toBe(mask.grid);
  });

  it('is taken back but for what is set, on any of the six sides', () => {
    const { grid } = phantomCases[2];
    const mask = asymmetricMask(grid);
    const { grown, box } = withRoom(mask, 6);
    const [nx, ny] = grown.grid.size;
    const part = { mask: grown, low: box.low };
    expect(partInBox(part, grid, wholeBox(grid))).toEqual(mask);
    for (const axis of [0, 1, 2])
      for (const outside of [-2, grid.size[axis] + 1]) {
        const shape = emptyMask(grown.grid);
        const native = box.low.map((_, a) => (a === axis ? outside : 4));
        const index = native.map((n, a) => n - box.low[a]);
        shape.data[index[0] + nx * (index[1] + ny * index[2])] = 1;
        const low = native as unknown as Vec3;
        const high = native.map((n) => n + 1) as unknown as Vec3;
        const needed = unionBox(wholeBox(grid), { low, high });
        const kept = partInBox({ mask: shape, low: box.low }, grid, needed);
        expect(kept.grid.size).toEqual(grid.size.map((n, a) => (a === axis ? n + 2 : n)));
        expect(countSet(kept.data)).toBe(1);
        expect(places(kept)).toEqual(places(shape));
        expect(places(partInBox(part, grid, needed))).toEqual(places(mask));
      }
  });

  it('is empty where a part and a box have nothing in common', () => {
    const { grid } = phantomCases[0];
    const mask = asymmetricMask(grid);
    const far = partInBox({ mask, low: [900, 0, 0] }, grid, wholeBox(grid));
    expect(countSet(far.data)).toBe(0);
  });
});
