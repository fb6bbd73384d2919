// How well the judgement of a fit finds what is wrong: errors of known place, kind, depth and width are
// planted along the border of a perfect patch of the mean skull on a grid of 0.5 mm.
//
//   npx tsx test/evaluation/fitTrials.ts [TRIALS]
import { sampleField } from '../../extension/src/engine/pose/atlas.ts';
import { measureFitError } from '../../extension/src/engine/judge/fitError.ts';
import type { Grid, Vec3 } from '../../extension/src/engine/space/grid.ts';
import { identityAxes, indexToPatient } from '../../extension/src/engine/space/grid.ts';
import { identityTransform } from '../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';

const kinds = ['bump', 'dent', 'step', 'trench'] as const;
type Kind = (typeof kinds)[number];

/** An error at a place of the border; canonical mm. */
interface Planted {
  readonly kind: Kind;
  readonly at: Vec3;
  readonly depth: number;
  readonly width: number;
}

const trials = Number(process.argv[2] ?? 100);
const atlas = await shippedAtlas();
// The right forehead of the mean skull, in the canonical frame itself.
const grid: Grid = {
  size: [180, 170, 190],
  spacing: [0.5, 0.5, 0.5],
  origin: [20, 2, 25],
  axes: identityAxes,
};
const defect = { centre: [62, 28, 70] as Vec3, radius: 26 };
const trenchWidth = 2.5;

/** A repeatable stream of numbers in [0, 1). */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const distanceOf = (a: Vec3, b: Vec3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** How far the outer surface of the patch is moved outward at a place, mm. */
function moved(planted: Planted, at: Vec3, intoPatch: number): number {
  const r = distanceOf(at, planted.at) / planted.width;
  if (r > 1) return 0;
  const { kind, depth } = planted;
  if (kind === 'step') return depth;
  if (kind === 'trench') return intoPatch < trenchWidth ? -depth : 0;
  return (kind === 'bump' ? depth : -depth) * (1 - r * r);
}

const [nx, ny, nz] = grid.size;
const outer = new Float32Array(nx * ny * nz);
const inner = new Float32Array(outer.length);
const intoPatch = new Float32Array(outer.length);
const sample = new Float64Array(4);
for (let k = 0, p = 0; k < nz; k++)
  for (let j = 0; j < ny; j++)
    for (let i = 0; i < nx; i++, p++) {
      const at = indexToPatient(grid, [i, j, k]);
      sampleField(atlas.outer, ...at, sample);
      outer[p] = sample[0];
      sampleField(atlas.inner, ...at, sample);
      inner[p] = sample[0];
      intoPatch[p] = defect.radius - distanceOf(at, defect.centre);
    }
const isWall = (p: number, out: number) => outer[p] <= out && inner[p] >= 0 && inner[p] < 14;
const skull = emptyMask(grid);
const perfect = emptyMask(grid);
for (let p = 0; p < outer.length; p++)
  if (isWall(p, 0)) (intoPatch[p] > 0 ? perfect : skull).data[p] = 1;

function withError(planted: Planted): Mask {
  const out = emptyMask(grid);
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (intoPatch[p] <= 0) continue;
        const at = indexToPatient(grid, [i, j, k]);
        if (isWall(p, moved(planted, at, intoPatch[p]))) out.data[p] = 1;
      }
  return out;
}

/** Voxels of the outer border of the perfect patch. */
const border: number[] = [];
for (let p = 0; p < outer.length; p++)
  if (perfect.data[p] && Math.abs(outer[p]) < 0.5 && intoPatch[p] < 0.7) border.push(p);

const random = stream(1);
const found = new Map<string, { hits: number; count: number }>();
const figures: { depth: number; curvature: number; distance: number }[] = [];
const perfectly = measureFitError({
  skull,
  patch: perfect,
  implant: perfect,
  reference: perfect,
  toCanonical: identityTransform,
  atlas,
});
console.log('perfect patch:', perfectly.border, `${perfectly.worst.length} worst places`);
for (let n = 0; n < trials; n++) {
  const p = border[Math.floor(random() * border.length)];
  const planted: Planted = {
    kind: kinds[n % kinds.length],
    at: indexToPatient(grid, [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))]),
    depth: 0.4 + 2.6 * random(),
    width: 4 + 8 * random(),
  };
  const { worst, border: along } = measureFitError({
    skull,
    patch: withError(planted),
    implant: perfect,
    reference: perfect,
    toCanonical: identityTransform,
    atlas,
  });
  const hit = worst.length > 0 && distanceOf(worst[0].position, planted.at) <= planted.width + 2;
  figures.push({ depth: planted.depth, curvature: along.curvature, distance: along.distance });
  for (const key of ['all', planted.kind, planted.depth < 0.8 ? 'below 0.8 mm' : 'from 0.8 mm']) {
    const entry = found.get(key) ?? { hits: 0, count: 0 };
    found.set(key, { hits: entry.hits + (hit ? 1 : 0), count: entry.count + 1 });
  }
  if (!hit)
    console.log('missed:', planted.kind, planted.depth.toFixed(2), planted.width.toFixed(1));
}
for (const [key, { hits, count }] of found) console.log(`${key}: first hit in ${hits} of ${count}`);
for (const [low, high] of [
  [0.4, 0.8],
  [0.8, 1.6],
  [1.6, 3],
]) {
  const some = figures.filter(({ depth }) => depth >= low && depth < high);
  const mean = (of: (f: (typeof figures)[number]) => number) =>
    some.reduce((sum, f) => sum + of(f), 0) / some.length;
  console.log(
    `${low} to ${high} mm deep (${some.length}): border distance ${mean((f) => f.distance).toFixed(3)} mm, MSE_K ${mean((f) => f.curvature).toExponential(1)} 1/mm⁴`,
  );
}
