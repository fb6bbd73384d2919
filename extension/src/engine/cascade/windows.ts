import type { Region } from '../space/canonical.ts';
import type { Grid } from '../space/grid.ts';

/** Where the fine network looks. */
export interface WindowPlan {
  /** First canonical voxel of each window. */
  readonly starts: ReadonlyArray<readonly [number, number, number]>;
  /** Bounding box of all windows, canonical voxels. */
  readonly region: Region;
}

/**
 * Places fine windows over the coarse estimate only. The windows stand on a lattice that is
 * centred on the estimate's bounding box; one is kept if the estimate reaches into its cell, the
 * part of the window in which it is the one nearest to its own centre.
 *
 * @param grid of the coarse estimates
 * @param estimates coarse probabilities; where any reaches `threshold` the fine network must look
 * @param canonicalSize voxels along an edge of the canonical grid
 * @param factor canonical voxels per coarse voxel
 * @param window edge of a window, canonical voxels
 * @param stride distance of neighbouring windows, canonical voxels
 * @param margin growth of the estimate, coarse voxels
 * @returns null if the estimate is empty
 */
export function planWindows(
  grid: Grid,
  estimates: readonly Float32Array[],
  options: {
    readonly canonicalSize: number;
    readonly factor: number;
    readonly window: number;
    readonly stride: number;
    readonly threshold: number;
    readonly margin: number;
  },
): WindowPlan | null {
  const { canonicalSize, factor, window, stride, threshold, margin } = options;
  const [n] = grid.size;
  const low = [n, n, n];
  const high = [-1, -1, -1];
  const touched: Array<[number, number, number]> = [];
  for (let p = 0, k = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++) {
        if (!reachesInAny(estimates, p, threshold)) continue;
        touched.push([i, j, k]);
        [i, j, k].forEach((v, a) => {
          low[a] = Math.min(low[a], v);
          high[a] = Math.max(high[a], v);
        });
      }
  if (!touched.length) return null;
  const lattice = [0, 1, 2].map((a) => {
    const from = Math.max(0, (low[a] - margin) * factor);
    const to = Math.min(canonicalSize, (high[a] + 1 + margin) * factor);
    return latticeStarts(from, to, canonicalSize, window, stride);
  });
  const chosen = new Set<number>();
  const [lx, ly, lz] = lattice.map((starts) => nearestStart(starts, window, factor, n, margin));
  for (const [i, j, k] of touched)
    for (const a of lx[i])
      for (const b of ly[j]) for (const c of lz[k]) chosen.add(a + 1000 * (b + 1000 * c));
  const starts = [...chosen]
    .sort((a, b) => a - b)
    .map((code): [number, number, number] => [
      lattice[0][code % 1000],
      lattice[1][Math.floor(code / 1000) % 1000],
      lattice[2][Math.floor(code / 1_000_000)],
    ]);
  const start = [0, 1, 2].map((a) => Math.min(...starts.map((s) => s[a])));
  const end = [0, 1, 2].map((a) => Math.max(...starts.map((s) => s[a])) + window);
  return {
    starts,
    region: {
      start: start as [number, number, number],
      size: [end[0] - start[0], end[1] - start[1], end[2] - start[2]],
    },
  };
}

function reachesInAny(estimates: readonly Float32Array[], p: number, threshold: number): boolean {
  for (const estimate of estimates) if (estimate[p] >= threshold) return true;
  return false;
}

/** Window starts along one axis that cover [from, to) evenly, at most `stride` apart, inside the grid. */
function latticeStarts(
  from: number,
  to: number,
  size: number,
  window: number,
  stride: number,
): number[] {
  const extent = to - from;
  const count = extent <= window ? 1 : 1 + Math.ceil((extent - window) / stride);
  const span = window + (count - 1) * stride;
  const first = Math.round((from + to - span) / 2);
  const starts = Array.from({ length: count }, (_, c) =>
    Math.min(size - window, Math.max(0, first + c * stride)),
  );
  return [...new Set(starts)];
}

/** For each coarse index, the lattice positions whose windows are nearest to the cells around it. */
function nearestStart(
  starts: readonly number[],
  window: number,
  factor: number,
  n: number,
  margin: number,
): number[][] {
  const nearest = (voxel: number): number => {
    let best = 0;
    for (let c = 1; c < starts.length; c++) {
      const d = Math.abs(starts[c] + window / 2 - voxel);
      if (d < Math.abs(starts[best] + window / 2 - voxel)) best = c;
    }
    return best;
  };
  return Array.from({ length: n }, (_, i) => [
    ...new Set([nearest((i - margin) * factor), nearest((i + 1 + margin) * factor - 1)]),
  ]);
}

/**
 * Weight of each voxel of a window along one axis: 1 in the middle, falling linearly toward the
 * faces, where the network has seen the least around it. Never 0.
 */
export function windowProfile(window: number): Float32Array {
  const half = window / 2;
  const profile = new Float32Array(window);
  for (let i = 0; i < window; i++)
    profile[i] = Math.min(1, 2 * (1 - Math.abs(i + 0.5 - half) / half) + 0.02);
  return profile;
}
