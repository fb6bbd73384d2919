import { CranioplastyError, noDefectFound } from './errors.ts';
import type { CoarseEstimate } from './coarse.ts';
import type { ModelManifest } from './manifest.ts';
import type { RegionField } from './resample.ts';
import { regionGrid } from './resample.ts';
import type { InferenceBackend } from './types.ts';
import type { Mask, Volume } from './volume.ts';
import { planWindows, windowProfile } from './windows.ts';

/** Probabilities of both shapes at canonical resolution, on the region that the windows cover. */
export interface FineEstimate {
  readonly patch: RegionField;
  readonly implant: RegionField;
  readonly windows: number;
}

/** Coarse probability from which on the fine network has a look. */
const lookFrom = 0.2;
/** Coarse voxels around it that are looked at too. */
const lookAround = 1;

export interface FineHooks {
  /** Called after each window; may throw to stop. */
  readonly onWindow?: (done: number, total: number) => void;
}

/**
 * Second network of the cascade: windows at canonical resolution where the coarse estimate is,
 * overlapped and blended by weights that fall toward the faces (paper, section 2.2).
 *
 * @param skull defective skull on the canonical grid
 * @throws CranioplastyError `no-defect` if the coarse estimate is empty
 */
export async function refine(
  skull: Mask,
  coarse: CoarseEstimate,
  manifest: ModelManifest,
  backend: InferenceBackend,
  hooks: FineHooks = {},
): Promise<FineEstimate> {
  const { canonicalGrid } = manifest;
  const { coarse: coarseNetwork, fine } = manifest.networks;
  const { window } = fine;
  const factor = Math.round(coarseNetwork.spacing / canonicalGrid.spacing);
  const plan = planWindows([coarse.patch, coarse.implant], {
    canonicalSize: canonicalGrid.size,
    factor,
    window,
    stride: fine.stride,
    threshold: lookFrom,
    margin: lookAround,
  });
  if (!plan) {
    throw noDefectFound();
  }
  const { starts, region } = plan;
  const grid = regionGrid(skull.grid, region);
  const voxels = region.size[0] * region.size[1] * region.size[2];
  const patch = new Float32Array(voxels);
  const implant = new Float32Array(voxels);
  const weights = new Float32Array(voxels);
  const profile = windowProfile(window);
  const block = window ** 3;
  const input = new Float32Array(3 * block);

  for (let w = 0; w < starts.length; w++) {
    const start = starts[w];
    cropMask(skull, start, window, input);
    cropUpsampled(coarse.patch, factor, start, window, input.subarray(block, 2 * block));
    cropUpsampled(coarse.implant, factor, start, window, input.subarray(2 * block));
    const outputs = await backend.run('fine', {
      [fine.inputs[0].name]: { dims: fine.inputs[0].shape, data: input },
    });
    const patchWindow = outputs.patch;
    const implantWindow = outputs.implant;
    if (patchWindow?.data.length !== block || implantWindow?.data.length !== block) {
      throw new CranioplastyError(
        'model-invalid',
        `The fine network did not give both outputs of ${window}³ voxels: install the model again.`,
      );
    }
    const offset = start.map((v, a) => v - region.start[a]);
    for (let k = 0, s = 0; k < window; k++)
      for (let j = 0; j < window; j++) {
        const wkj = profile[k] * profile[j];
        let p = offset[0] + region.size[0] * (offset[1] + j + region.size[1] * (offset[2] + k));
        for (let i = 0; i < window; i++, s++, p++) {
          const weight = wkj * profile[i];
          patch[p] += weight * patchWindow.data[s];
          implant[p] += weight * implantWindow.data[s];
          weights[p] += weight;
        }
      }
    hooks.onWindow?.(w + 1, starts.length);
  }
  for (let p = 0; p < voxels; p++) {
    if (weights[p] > 0) {
      patch[p] /= weights[p];
      implant[p] /= weights[p];
    }
  }
  return {
    patch: { grid, data: patch },
    implant: { grid, data: implant },
    windows: starts.length,
  };
}

function cropMask(
  mask: Mask,
  start: readonly [number, number, number],
  window: number,
  out: Float32Array,
): void {
  const [nx, ny] = mask.grid.size;
  for (let k = 0, s = 0; k < window; k++)
    for (let j = 0; j < window; j++) {
      const row = start[0] + nx * (start[1] + j + ny * (start[2] + k));
      for (let i = 0; i < window; i++, s++) out[s] = mask.data[row + i];
    }
}

/** A window of a coarse volume at canonical resolution: trilinear between coarse voxel centres. */
export function cropUpsampled(
  coarse: Volume<Float32Array>,
  factor: number,
  start: readonly [number, number, number],
  window: number,
  out: Float32Array,
): void {
  const [nx, ny, nz] = coarse.grid.size;
  const xs = samplePositions(start[0], window, factor, nx);
  const ys = samplePositions(start[1], window, factor, ny);
  const zs = samplePositions(start[2], window, factor, nz);
  const row = new Float32Array(nx);
  const { data } = coarse;
  for (let k = 0, s = 0; k < window; k++) {
    const fz = zs.fraction[k];
    for (let j = 0; j < window; j++) {
      const fy = ys.fraction[j];
      const a = nx * (ys.low[j] + ny * zs.low[k]);
      const b = nx * (ys.high[j] + ny * zs.low[k]);
      const c = nx * (ys.low[j] + ny * zs.high[k]);
      const d = nx * (ys.high[j] + ny * zs.high[k]);
      for (let i = xs.low[0]; i <= xs.high[window - 1]; i++) {
        const low = data[a + i] + fy * (data[b + i] - data[a + i]);
        row[i] = low + fz * (data[c + i] + fy * (data[d + i] - data[c + i]) - low);
      }
      for (let i = 0; i < window; i++, s++)
        out[s] = row[xs.low[i]] + xs.fraction[i] * (row[xs.high[i]] - row[xs.low[i]]);
    }
  }
}

/** Neighbouring coarse centres of each fine voxel along one axis, clamped at the ends. */
function samplePositions(start: number, window: number, factor: number, n: number) {
  const low = new Int32Array(window);
  const high = new Int32Array(window);
  const fraction = new Float32Array(window);
  for (let i = 0; i < window; i++) {
    const x = Math.min(n - 1, Math.max(0, (start + i + 0.5) / factor - 0.5));
    low[i] = Math.floor(x);
    high[i] = Math.min(n - 1, low[i] + 1);
    fraction[i] = x - low[i];
  }
  return { low, high, fraction };
}
