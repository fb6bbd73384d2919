import { describe, expect, it } from 'vitest';
import { blocksApart } from '../../../../../extension/src/engine/space/band/activeBlocks.ts';
import { fillDistance } from '../../../../../extension/src/engine/space/band/distanceSlab.ts';
import { canonicalGrid } from '../../../../../extension/src/engine/space/canonical.ts';
import { identityAxes } from '../../../../../extension/src/engine/space/grid.ts';
import {
  blockMean,
  CanonicalSkull,
  resampleToCanonical,
  skullSurfaceDistance,
} from '../../../../../extension/src/engine/space/resample.ts';
import { signedDistance } from '../../../../../extension/src/engine/space/signedDistance.ts';
import { rotationFromEuler } from '../../../../../extension/src/engine/space/transform.ts';
import { emptyMask, type Mask } from '../../../../../extension/src/engine/space/volume.ts';

/** A thick shell with a hole and a speck, on a grid that its blocks do not divide. */
function shell(): Mask {
  const mask = emptyMask({
    size: [61, 58, 43],
    spacing: [0.7, 0.8, 1.1],
    origin: [-21, -22, -23],
    axes: identityAxes,
  });
  for (let k = 0, p = 0; k < 43; k++)
    for (let j = 0; j < 58; j++)
      for (let i = 0; i < 61; i++, p++) {
        const [x, y, z] = [0.7 * i - 21, 0.8 * j - 22, 1.1 * k - 23];
        const r = Math.hypot(x, y, z);
        const hole = Math.hypot(x - 17, y, z) < 8;
        if ((r > 8 && r < 19 && !hole) || (i === 3 && j === 5 && k === 7)) mask.data[p] = 1;
      }
  return mask;
}

const mask = shell();
const field = signedDistance(mask);
const toCanonical = {
  rotation: rotationFromEuler(0.2, -0.1, 0.3),
  translation: [24, 25, 26],
} as const;
const placed = { field, toCanonical };
const grid = canonicalGrid(100, 0.5);

describe('a signed distance in slabs', () => {
  it.each([0, 1] as const)(
    'is that of the whole, whatever the slabs, smoothed %i times',
    (smoothing) => {
      const whole = signedDistance(mask, 2, smoothing);
      for (const cuts of [
        [0, 43],
        [0, 1, 43],
        [0, 13, 14, 42, 43],
        [0, 22, 43],
      ]) {
        const out = new Int8Array(mask.data.length);
        // The blocks that the whole began with hold all that it filled in.
        const blocks = { ...whole.blocks, side: new Int8Array(whole.blocks.side.length) };
        for (let c = 1; c < cuts.length; c++)
          fillDistance({ mask, blocks, band: whole.band, smoothing, out }, cuts[c - 1], cuts[c]);
        expect(out).toEqual(whole.data);
      }
    },
  );

  it('says of blocks how far they are from what is near', () => {
    const count = [9, 7, 5] as const;
    const side = new Int8Array(9 * 7 * 5).fill(1);
    const near = [
      [2, 1, 1],
      [8, 6, 4],
    ];
    for (const [i, j, k] of near) side[i + 9 * (j + 7 * k)] = 0;
    const apart = blocksApart({ count, side });
    for (let k = 0, p = 0; k < 5; k++)
      for (let j = 0; j < 7; j++)
        for (let i = 0; i < 9; i++, p++) {
          const ways = near.map(([a, b, c]) =>
            Math.max(Math.abs(i - a), Math.abs(j - b), Math.abs(k - c)),
          );
          expect(apart[p]).toBe(Math.min(...ways));
        }
    expect(blocksApart({ count, side: side.fill(-1) })).toEqual(
      new Uint8Array(side.length).fill(255),
    );
  });
});

describe('the skull on the canonical grid', () => {
  const whole = resampleToCanonical(placed, grid);

  it('is bone where the distance says so, jumps or not', () => {
    const at = skullSurfaceDistance(placed);
    const isBone = new CanonicalSkull(placed, grid).boneLookup();
    let bone = 0;
    for (let k = 0, p = 0; k < 100; k++)
      for (let j = 0; j < 100; j++)
        for (let i = 0; i < 100; i++, p++) {
          const [x, y, z] = [0.5 * (i + 0.5), 0.5 * (j + 0.5), 0.5 * (k + 0.5)];
          const wanted = at(x, y, z) < 0;
          bone += whole.data[p];
          if (Math.abs(at(x, y, z)) > 1e-9 && (whole.data[p] === 1) !== wanted)
            expect.unreachable(`voxel ${i}, ${j}, ${k}`);
          if (isBone(x, y, z) !== (whole.data[p] === 1)) expect.unreachable(`at ${x}, ${y}, ${z}`);
        }
    expect((bone * 0.125) / 1000).toBeGreaterThan(15);
  });

  it('has the same voxels in parts, in slices and in block means', () => {
    const skull = new CanonicalSkull(placed, grid);
    const slice = skull.slice(48);
    expect(slice).toEqual(whole.data.subarray(48 * 10000, 49 * 10000));
    const part = skull.part({ low: [30, 10, 20], high: [81, 95, 70] });
    for (let k = 20, p = 0; k < 70; k++)
      for (let j = 10; j < 95; j++, p += 51) {
        const row = 100 * (j + 100 * k);
        expect(part.subarray(p, p + 51)).toEqual(whole.data.subarray(row + 30, row + 81));
      }
    expect(skull.blockMean(4)).toEqual(blockMean(whole, 4));
  });
});
