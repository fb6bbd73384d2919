import type { Atlas } from '../pose/atlas.ts';
import {
  continuedDistance,
  fittedMeanSkull,
  fittedMirrorSkull,
  occupancyOf,
  priorReach,
} from '../prior/bentShape.ts';
import type { Continuation } from '../prior/continuation.ts';
import type { ContinuedSkull } from '../prior/shapePrior.ts';
import { priorWeight } from '../prior/shapePrior.ts';
import type { Region, RegionField } from '../space/canonical.ts';
import { canonicalGrid, consideredFrom, regionGrid } from '../space/canonical.ts';
import { boundingBox, boxGrid, cropData, growBox } from '../space/crop.ts';
import { noDefectFound } from '../space/errors.ts';
import type { Grid } from '../space/grid.ts';
import type { PlacedSkull } from '../space/resample.ts';
import { resampleOccupancy } from '../space/resample.ts';
import type { Volume } from '../space/volume.ts';
import { atLeast } from '../space/voxels.ts';
import type { InferenceBackend } from './backend.ts';
import type { CoarseEstimate } from './coarse.ts';
import { drawBetween, drawToPrior } from './drawBetween.ts';
import type { InputChannel, ModelManifest } from './manifest.ts';
import { runNetwork } from './runNetwork.ts';
import { planWindows, windowProfile } from './windows.ts';

/** Probabilities of both shapes at canonical resolution, on the region that the windows cover. */
export interface FineEstimate {
  readonly patch: RegionField;
  readonly implant: RegionField;
  /** The patch as the network has it, before it is drawn to what continues the skull. */
  readonly network: RegionField;
  /** What continues the skull without a network, as far as the network sees a patch: occupancy. */
  readonly continued: RegionField;
  readonly windows: number;
}

/** Coarse probability from which on the fine network has a look. */
const lookFrom = 0.2;
/** Coarse voxels around it that are looked at too. */
const lookAround = 1;
/** What the later stages need around a shape, mm: seals, smoothing, distances up to here. */
const keptAround = 6;

export interface FineHooks {
  /** Called after each window; may throw to stop. */
  readonly onWindow?: (done: number, total: number) => void;
}

/**
 * Second network of the cascade: windows at canonical resolution where the coarse estimate is,
 * overlapped and blended by weights that fall toward the faces (paper, section 2.2), each patch drawn
 * between the shapes that the network was given. It sees what it saw in training (`defects/sample.py` of
 * `models/training`).
 *
 * @throws CranioplastyError `no-defect` if either estimate is empty
 */
export async function refine(
  skull: PlacedSkull,
  continuation: Continuation,
  atlas: Atlas,
  coarse: CoarseEstimate,
  manifest: ModelManifest,
  backend: InferenceBackend,
  hooks: FineHooks = {},
): Promise<FineEstimate> {
  const { networks } = manifest;
  const canonical = canonicalGrid(manifest.canonicalGrid.size, manifest.canonicalGrid.spacing);
  const { window } = networks.fine;
  const factor = Math.round(networks.coarse.spacing / manifest.canonicalGrid.spacing);
  const plan = planWindows(coarse.grid, [coarse.patch, coarse.implant], {
    canonicalSize: manifest.canonicalGrid.size,
    factor,
    window,
    stride: networks.fine.stride,
    threshold: lookFrom,
    margin: lookAround,
  });
  if (!plan) {
    throw noDefectFound();
  }
  const { starts, region } = plan;
  const blend = new Blend(region, window);
  const block = window ** 3;
  const { channels } = networks.fine.inputs[0];
  const input = new Float32Array(channels.length * block);
  // Each is made where the network reads it, or beside where the network does not want it.
  const channelOf = (...names: readonly InputChannel[]): Float32Array => {
    const c = channels.findIndex((channel) => names.includes(channel));
    return c < 0 ? new Float32Array(block) : input.subarray(c * block, (c + 1) * block);
  };
  const own = channelOf('skull');
  const mirrored = channelOf('skull mirrored and fitted');
  // What continues the skull: the shape prior where the model has one, else the mean skull.
  const continued = channelOf('mean skull fitted', 'shape prior');
  const distance = continuation.shape ? channelOf('shape prior distance') : new Float32Array(0);
  const drawn = new Float32Array(block);
  for (let w = 0; w < starts.length; w++) {
    const start = starts[w];
    const part = regionGrid(canonical, { start, size: [window, window, window] });
    resampleOccupancy(skull, part, own);
    fittedMirrorSkull(skull, continuation, canonical, part, mirrored);
    if (continuation.shape) {
      continuedDistance(atlas, continuation, part, distance);
      occupancyOf(distance, part.spacing[0], continued);
      occupancyOf(distance, 2 * priorReach, distance);
    } else fittedMeanSkull(atlas, continuation, part, continued);
    channels.forEach((channel, c) => {
      const out = input.subarray(c * block, (c + 1) * block);
      if (channel === 'coarse patch' || channel === 'coarse implant') {
        const data = channel === 'coarse patch' ? coarse.patch : coarse.implant;
        cropUpsampled({ grid: coarse.grid, data }, factor, start, window, out);
      } else if (channel === 'mean skull fitted' || channel === 'shape prior') {
        if (out.byteOffset !== continued.byteOffset) out.set(continued);
      }
    });
    const { patch, implant } = await runNetwork('fine', input, manifest, backend);
    drawn.set(patch);
    if (continuation.shape)
      drawToPrior(drawn, mirrored, continued, weightIn(continuation.shape, part));
    else drawBetween(drawn, mirrored, continued);
    for (let p = 0; p < block; p++) if (patch[p] < consideredFrom) continued[p] = 0;
    blend.add(start, { patch: drawn, implant, network: patch, continued });
    hooks.onWindow?.(w + 1, starts.length);
  }
  return { ...trimmed(blend.finish(), regionGrid(canonical, region)), windows: starts.length };
}

/** How much a shape prior knows at the voxels of a part of the canonical grid. */
function weightIn(shape: ContinuedSkull, { size, origin, spacing }: Grid): (p: number) => number {
  const [nx, ny] = size;
  const [cx, cy, cz] = shape.grid.centre;
  return (p) =>
    priorWeight(
      shape,
      origin[0] + (p % nx) * spacing[0] - cx,
      origin[1] + (Math.floor(p / nx) % ny) * spacing[1] - cy,
      origin[2] + Math.floor(p / (nx * ny)) * spacing[2] - cz,
    );
}

/** The part of the estimates that holds all that was considered: the windows reach far beyond it. */
function trimmed(estimate: Blended, grid: Grid): Omit<FineEstimate, 'windows'> {
  const content = boundingBox(
    [estimate.patch, estimate.implant].map((data) => atLeast(data, consideredFrom)),
    grid.size,
  );
  if (!content) throw noDefectFound();
  const box = growBox(content, keptAround, grid.size, grid.spacing);
  const part = boxGrid(grid, box);
  const crop = (data: Float32Array): RegionField => ({
    grid: part,
    data: cropData(data, grid.size, box).data,
  });
  return {
    patch: crop(estimate.patch),
    implant: crop(estimate.implant),
    network: crop(estimate.network),
    continued: crop(estimate.continued),
  };
}

const blended = ['patch', 'implant', 'network', 'continued'] as const;
type Blended = Readonly<Record<(typeof blended)[number], Float32Array>>;

/** Weighted mean of overlapping windows. */
class Blend {
  private readonly sums: Blended;
  private readonly weights: Float32Array;
  private readonly profile: Float32Array;

  constructor(
    private readonly region: Region,
    private readonly window: number,
  ) {
    const [nx, ny, nz] = region.size;
    const empty = (): Float32Array => new Float32Array(nx * ny * nz);
    this.sums = { patch: empty(), implant: empty(), network: empty(), continued: empty() };
    this.weights = empty();
    this.profile = windowProfile(window);
  }

  add(start: readonly [number, number, number], of: Blended): void {
    for (const name of blended) this.addTo(this.sums[name], start, of[name]);
    this.addTo(this.weights, start);
  }

  /** Adds the values of a window, or ones, by the window's weights. */
  private addTo(
    sum: Float32Array,
    start: readonly [number, number, number],
    values?: Float32Array,
  ): void {
    const { window, profile } = this;
    const { size, start: origin } = this.region;
    for (let k = 0, s = 0; k < window; k++)
      for (let j = 0; j < window; j++) {
        const wkj = profile[k] * profile[j];
        const row = start[1] - origin[1] + j + size[1] * (start[2] - origin[2] + k);
        let p = start[0] - origin[0] + size[0] * row;
        if (values)
          for (let i = 0; i < window; i++, s++, p++) sum[p] += wkj * profile[i] * values[s];
        else for (let i = 0; i < window; i++, p++) sum[p] += wkj * profile[i];
      }
  }

  finish(): Blended {
    for (const name of blended) {
      const sum = this.sums[name];
      for (let p = 0; p < sum.length; p++) if (this.weights[p] > 0) sum[p] /= this.weights[p];
    }
    return this.sums;
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
