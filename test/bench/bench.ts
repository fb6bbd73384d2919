/**
 * Time and memory of every stage but the inference, on the canonical grid of the full-size model
 * (512³ of 0.4 mm, coarse 128³, fine windows of 128³).
 *
 *     npm run bench
 *
 * The networks are stood in for by a copy of their input, so that the figures hold no inference;
 * the skull is the phantom of the tests, on a grid the size of a thin-slice head CT.
 */
import { reconstruct } from '../../extension/src/engine/reconstruct.ts';
import type { Grid } from '../../extension/src/engine/space/grid.ts';
import type { InferenceBackend, Tensor } from '../../extension/src/engine/cascade/backend.ts';
import type { Stage } from '../../extension/src/engine/progress.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';
import { frontalDefect, phantomSkull, straightPose } from '../support/phantomSkull.ts';
import { stubModel } from '../support/stubModel.ts';

const thinSlices: Grid = {
  size: [512, 512, 320],
  spacing: [0.488, 0.488, 0.625],
  origin: [-125, -125, -100],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};
const coarseSize = 128;
const window = 128;

const shape = (channels: number, edge: number): number[] => [1, channels, edge, edge, edge];
const model = stubModel({
  canonical: { size: 512, spacing: 0.4 },
  coarse: { window: coarseSize, spacing: 1.6 },
  fine: { window, spacing: 0.4, stride: 96 },
});

/** Time spent in here counts as inference and is taken off the stages. */
let inference = 0;
const backend: InferenceBackend = {
  provider: 'cpu',
  load: async () => undefined,
  release: async () => undefined,
  run: async (name, inputs): Promise<Record<string, Tensor>> => {
    const began = performance.now();
    const { data } = inputs.input;
    const edge = name === 'coarse' ? coarseSize : window;
    const voxels = edge ** 3;
    // As from a network: the mean skull where the coarse estimate is, and nothing elsewhere.
    let out = data.slice(2 * voxels, 3 * voxels);
    if (name === 'fine')
      for (let p = 0; p < voxels; p++) if (data[3 * voxels + p] < 0.1) out[p] = 0;
    if (name === 'coarse') {
      // The mirrored skull less the skull, near the defect.
      const { centre, radius } = frontalDefect;
      out = new Float32Array(voxels);
      for (let k = 0, p = 0; k < edge; k++)
        for (let j = 0; j < edge; j++)
          for (let i = 0; i < edge; i++, p++) {
            const near =
              Math.hypot(1.6 * i - centre[0], 1.6 * j - centre[1], 1.6 * k - centre[2]) <
              radius + 3;
            if (near) out[p] = Math.max(0, data[voxels + p] - data[p]);
          }
    }
    inference += performance.now() - began;
    const dims = shape(1, edge);
    return { patch: { dims, data: out }, implant: { dims, data: out.slice() } };
  },
};

const atlas = await shippedAtlas();
const { defective } = phantomSkull(atlas, straightPose, frontalDefect, thinSlices);
const before = process.resourceUsage().maxRSS / 1024;
const began = performance.now();
const result = await reconstruct({ skull: defective, model, atlas, backend, modelChecked: true });
const total = performance.now() - began;
console.log(
  `native grid ${thinSlices.size.join(' × ')}, canonical 512³, ${result.windows} windows`,
);
for (const [stage, ms] of Object.entries(result.timings) as Array<[Stage, number]>)
  console.log(`${stage.padEnd(12)} ${(ms / 1000).toFixed(2)} s`);
console.log(`all but inference ${((total - inference) / 1000).toFixed(2)} s`);
console.log(
  `peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB (${before.toFixed(0)} MB before the run)`,
);
