/**
 * The shape prior: outer surface and thickness of the vault across a defect, by a Gaussian process on the directions
 * from one centre. What the bone that is there says about the bone that is missing, its own and that of the other
 * side; learned from complete skulls. Training computes the same (`prior/shape_prior.py` of `models/training`); tests
 * hold both to the same numbers.
 */

import type { Mesh } from '../surface/mesh.ts';
import type { Conditioned, GaussianProcess } from './gaussianProcess.ts';
import { ReadyProcess } from './gaussianProcess.ts';
import type { DistanceAt, Measured } from './boneAlongRays.ts';
import { facingOut, measureOuter, measureThickness, mostThickness } from './boneAlongRays.ts';
import type { RadialGrid } from './radialMap.ts';
import { cellDirection, sampleRadial, thinnedCells } from './radialMap.ts';

/** Nodes, whose bone conditions the process, lie this far apart, degrees; where bone is missing, closer. */
const nodeStep = 6;
const rimStep = 2;
const near = 7;
const cosNear = Math.cos((near * Math.PI) / 180);
/** An opening has at least so many cells without bone, `rimStep` apart, as near as that to each of its own. */
const leastOpen = 6;
/** First search for bone around the mean surface, then around what the process expects, mm. */
const firstBand = 25;
const band = 7;
/** Bone nearer than this to where bone is missing may be the wall of the cut, degrees. */
const firstRim = 7;
const rim = 2;
const thicknessRim = 1.99; // cells lie 2 apart: those count
/** Bone farther from what the process makes of all bone is a spur, a kerf or a head rest, mm. */
const outlier = 1;
/** Bone farther from the head that the components alone make of it, step by step, is none of the vault, mm. */
const plausibleWithin = [15, 10, 6, 6, 6];
const leastThickness = 1.5;
/** The outer surface faces away from the centre at least so much (cosine); the wall of a cut does not. */
const leastFacingOut = 0.9;

/** Both processes on the cells of their domain. */
export interface ShapePrior {
  readonly grid: RadialGrid;
  /** Cells of the map that belong to the domain. */
  readonly cells: Int32Array;
  /** Weight of this shape for every cell of the map; it falls to 0 at the border of the domain. */
  readonly weight: Float64Array;
  /** Unit directions of the domain's cells, x, y and z side by side. */
  readonly directions: Float64Array;
  /** Of the domain's cells, those about 6 and about 2 degrees apart. */
  readonly everywhere: Uint8Array;
  readonly anywhere: Uint8Array;
  readonly outer: ReadyProcess;
  readonly thickness: ReadyProcess;
}

/** The continued skull: radial maps whose three parts (outer and inner radius in mm, weight) lie side by side. */
export interface ContinuedSkull {
  readonly grid: RadialGrid;
  readonly maps: Float64Array;
  /** Standard deviation of the outer radius, mm, by cell; 0 where there is bone and beyond the domain. */
  readonly deviation: Float64Array;
  /** How unlike the training heads the bone that is there is: about 1 for one of them (`Conditioned.unlikeness`). */
  readonly unlikeness: number;
}

/** A prior from what its file holds. */
export function shapePriorOf(
  grid: RadialGrid,
  domain: Uint8Array,
  weight: Float64Array,
  outer: GaussianProcess,
  thickness: GaussianProcess,
): ShapePrior {
  const cells = new Int32Array(outer.mean.length);
  for (let i = 0, p = 0; i < domain.length; i++) if (domain[i]) cells[p++] = i;
  const directions = new Float64Array(3 * cells.length);
  cells.forEach((cell, p) => directions.set(cellDirection(grid, cell), 3 * p));
  const of = (all: Uint8Array): Uint8Array => Uint8Array.from(cells, (cell) => all[cell]);
  return {
    grid,
    cells,
    weight,
    directions,
    everywhere: of(thinnedCells(grid, nodeStep)),
    anywhere: of(thinnedCells(grid, rimStep)),
    outer: new ReadyProcess(outer, directions),
    thickness: new ReadyProcess(thickness, directions),
  };
}

/**
 * Which of the shapes that go with the bone around: the expected one, or one standard deviation farther out or in,
 * more where the prior is less sure and nothing at the rim.
 */
export const alternatives = ['expected', 'fuller', 'flatter'] as const;
export type Alternative = (typeof alternatives)[number];

/** What the bone of a skull makes expect, on the cells of a prior's domain, mm. */
export interface ExpectedSkull {
  readonly prior: ShapePrior;
  /** Outer radius. */
  readonly surface: Float64Array;
  readonly depth: Float64Array;
  /** As of a continued skull: by cell of the map. */
  readonly deviation: Float64Array;
  readonly unlikeness: number;
}

/** Continues the skull across whatever is missing of it. */
export function continueSkull(
  prior: ShapePrior,
  distance: DistanceAt,
  alternative: Alternative = 'expected',
): ContinuedSkull {
  return continuedAs(expectSkull(prior, distance), alternative);
}

/** What the bone that is there makes expect of all. */
export function expectSkull(prior: ShapePrior, distance: DistanceAt): ExpectedSkull {
  const seen = seeBone(prior, distance);
  return { prior, ...expectSurface(prior, seen), depth: expectDepth(prior, distance, seen) };
}

/** The outer radius of the bone that is there, where it is that of the vault. */
export function seeBone(prior: ShapePrior, distance: DistanceAt): Measured {
  const { outer } = prior;
  const mean = outer.process.mean;
  // First what bone is there at all, then what goes with the surface that it makes expect.
  const first = measureOuter(prior, distance, mean, firstBand);
  leaveOutImplausible(prior, first);
  const all = conditioned(outer, first.value, nodesOf(prior, first.known, firstRim));
  const expected = sum(mean, all.expected);
  const seen = measureOuter(prior, distance, expected, band);
  for (let p = 0; p < mean.length; p++)
    if (
      !(Math.abs(seen.value[p] - expected[p]) < outlier) ||
      !(facingOut(prior, distance, p, seen.value[p]) > leastFacingOut)
    )
      seen.known[p] = 0;
  return seen;
}

/** The outer surface that goes with the bone that is there. */
export function expectSurface(
  prior: ShapePrior,
  seen: Measured,
): Omit<ExpectedSkull, 'prior' | 'depth'> {
  const { outer } = prior;
  const near = conditioned(outer, seen.value, nodesOf(prior, seen.known, rim));
  const surface = sum(outer.process.mean, near.expected);
  return { surface, deviation: deviationOf(prior, seen.known, near), unlikeness: near.unlikeness };
}

/** What of a prior knows how thick bone is. */
export type DepthPrior = Pick<
  ShapePrior,
  'grid' | 'directions' | 'everywhere' | 'anywhere' | 'thickness'
>;

/** The thickness that goes with the bone that is there, mm, by cell of the domain. */
export function expectDepth(prior: DepthPrior, distance: DistanceAt, seen: Measured): Float64Array {
  const { thickness } = prior;
  const thick = measureThickness(prior, distance, seen);
  const logs = thick.value.map((t) =>
    Math.log(Math.min(mostThickness, Math.max(leastThickness, t))),
  );
  const { expected } = conditioned(thickness, logs, nodesOf(prior, thick.known, thicknessRim));
  return sum(thickness.process.mean, expected).map(Math.exp);
}

/** One of the shapes that go with what is expected. */
export function continuedAs(
  { prior, surface, depth, deviation, unlikeness }: ExpectedSkull,
  alternative: Alternative,
): ContinuedSkull {
  const sign = { expected: 0, fuller: 1, flatter: -1 }[alternative];
  const moved = surface.slice();
  if (sign !== 0) prior.cells.forEach((cell, p) => (moved[p] += sign * deviation[cell]));
  return { grid: prior.grid, maps: mapsOf(prior, moved, depth), deviation, unlikeness };
}

/** Forgets what is none of the vault: a head rest, a spur, the walls of a cut. */
function leaveOutImplausible({ outer, anywhere }: ShapePrior, { value, known }: Measured): void {
  const { mean } = outer.process;
  const residual = new Float64Array(mean.length);
  const part = new Uint8Array(mean.length);
  for (let p = 0; p < mean.length; p++) {
    residual[p] = value[p] - mean[p];
    part[p] = known[p] & anywhere[p];
  }
  const plausible = outer.plausible(residual, part, plausibleWithin);
  for (let p = 0; p < mean.length; p++) known[p] &= plausible[p];
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i] + b[i];
  return out;
}

/** A process, given values at nodes. */
function conditioned(of: ReadyProcess, value: Float64Array, nodes: Int32Array): Conditioned {
  return of.condition(
    Float64Array.from(nodes, (p) => value[p] - of.process.mean[p]),
    nodes,
  );
}

type NodePrior = Pick<ShapePrior, 'directions' | 'everywhere' | 'anywhere'>;

/**
 * Cells whose bone conditions the process: known, not at the wall of a cut; close together where an opening is
 * near, far apart elsewhere.
 */
function nodesOf(prior: NodePrior, known: Uint8Array, rimDegrees: number): Int32Array {
  const { directions: u, everywhere, anywhere } = prior;
  const { lost, open } = lostDirections(prior, known);
  const wall = Math.cos((rimDegrees * Math.PI) / 180);
  const out: number[] = [];
  for (let p = 0; p < known.length; p++) {
    if (!known[p] || !(everywhere[p] || anywhere[p])) continue;
    const [x, y, z] = [u[3 * p], u[3 * p + 1], u[3 * p + 2]];
    if (isWithin(lost, x, y, z, wall)) continue;
    if (everywhere[p] || isWithin(open, x, y, z, cosNear)) out.push(p);
  }
  return Int32Array.from(out);
}

/**
 * Directions without bone, and those of them that belong to an opening: with enough others beside them. Single cells are
 * lost to a suture or a foramen, and bone around those is known well enough.
 */
function lostDirections(
  { directions: u, anywhere }: NodePrior,
  known: Uint8Array,
): { readonly lost: Float64Array; readonly open: Float64Array } {
  const lost: number[] = [];
  const thinned: number[] = [];
  for (let p = 0; p < known.length; p++) {
    if (known[p]) continue;
    lost.push(u[3 * p], u[3 * p + 1], u[3 * p + 2]);
    if (anywhere[p]) thinned.push(u[3 * p], u[3 * p + 1], u[3 * p + 2]);
  }
  const open: number[] = [];
  for (let q = 0; q < thinned.length; q += 3) {
    const [x, y, z] = [thinned[q], thinned[q + 1], thinned[q + 2]];
    let beside = 0;
    for (let r = 0; r < thinned.length; r += 3)
      if (x * thinned[r] + y * thinned[r + 1] + z * thinned[r + 2] > cosNear) beside++;
    if (beside >= leastOpen) open.push(x, y, z);
  }
  return { lost: Float64Array.from(lost), open: Float64Array.from(open) };
}

/** Whether any of some directions is nearer than an angle, given as its cosine, to a direction. */
function isWithin(
  directions: Float64Array,
  x: number,
  y: number,
  z: number,
  cosine: number,
): boolean {
  for (let q = 0; q < directions.length; q += 3)
    if (x * directions[q] + y * directions[q + 1] + z * directions[q + 2] > cosine) return true;
  return false;
}

/** The three parts of every cell of the map; beyond the domain those of the nearest cell of the same column above. */
function mapsOf(prior: ShapePrior, outer: Float64Array, depth: Float64Array): Float64Array {
  const { rows, columns } = prior.grid;
  const maps = new Float64Array(3 * rows * columns);
  const set = new Uint8Array(rows * columns);
  prior.cells.forEach((cell, p) => {
    maps[3 * cell] = outer[p];
    maps[3 * cell + 1] = outer[p] - depth[p];
    set[cell] = 1;
  });
  for (let cell = 0; cell < rows * columns; cell++) {
    maps[3 * cell + 2] = prior.weight[cell];
    if (set[cell] || cell < columns) continue;
    maps[3 * cell] = maps[3 * (cell - columns)];
    maps[3 * cell + 1] = maps[3 * (cell - columns) + 1];
  }
  return maps;
}

/** How sure the prior is of the outer radius where bone is missing, mm, by cell of the map. */
function deviationOf(prior: ShapePrior, known: Uint8Array, near: Conditioned): Float64Array {
  const { grid, cells, weight } = prior;
  const { rows, columns } = grid;
  const lost: number[] = [];
  for (let p = 0; p < cells.length; p++) if (!known[p] && weight[cells[p]] > 0) lost.push(p);
  // It changes slowly: every other row and column will do.
  const isPicked = (p: number): boolean =>
    Math.floor(cells[p] / columns) % 2 === 0 && (cells[p] % columns) % 2 === 0;
  const picked = Int32Array.from(lost.filter(isPicked));
  const computed = new Float64Array(rows * columns);
  prior.outer.deviations(near, picked).forEach((d, k) => (computed[cells[picked[k]]] = d));
  const out = computed.slice();
  for (const p of lost) {
    const [row, column] = [Math.floor(cells[p] / columns), cells[p] % columns];
    if (isPicked(p)) continue;
    let sum = 0;
    let count = 0;
    for (let i = Math.max(0, row - 1); i <= Math.min(rows - 1, row + 1); i++)
      for (let j = column - 1; j <= column + 1; j++) {
        const d = computed[i * columns + ((j + columns) % columns)];
        if (d === 0) continue;
        sum += d;
        count++;
      }
    if (count > 0) out[cells[p]] = sum / count;
  }
  return out;
}

const parts = new Float64Array(3);

/** How much the prior knows in the direction of an offset from the centre (mm): 1 for all, 0 for nothing. */
export function priorWeight(
  { grid, maps }: ContinuedSkull,
  x: number,
  y: number,
  z: number,
): number {
  sampleRadial(grid, maps, 3, x, y, z, parts);
  return parts[2];
}

/**
 * How sure the prior is of the outer surface in the directions of a mesh's vertices: its standard deviation, mm;
 * 0 where it knows nothing.
 *
 * @param mesh canonical mm
 */
export function deviationOver({ grid, deviation }: ContinuedSkull, mesh: Mesh): Float32Array {
  const [cx, cy, cz] = grid.centre;
  const { positions } = mesh;
  const out = new Float32Array(positions.length / 3);
  const value = new Float64Array(1);
  for (let v = 0; v < out.length; v++) {
    const [x, y, z] = [positions[3 * v] - cx, positions[3 * v + 1] - cy, positions[3 * v + 2] - cz];
    sampleRadial(grid, deviation, 1, x, y, z, value);
    out[v] = value[0];
  }
  return out;
}
