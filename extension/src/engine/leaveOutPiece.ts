import type { ReconstructedShape, Reconstruction } from './reconstruction.ts';
import { measureMask, measureWithSurface } from './shape/measure.ts';
import { piecesOf } from './shape/pieces.ts';
import { eraseComponents, keepComponents, labelComponents } from './space/components.ts';
import { CranioplastyError } from './space/errors.ts';
import type { Grid, Vec3 } from './space/grid.ts';
import { patientToIndex } from './space/grid.ts';
import { applyRigid, invertRigid } from './space/transform.ts';
import type { Mesh } from './surface/mesh.ts';
import type { VertexLengths } from './surface/perVertex.ts';
import { overVertices } from './surface/perVertex.ts';
import { warning, warnOfPieces } from './warnings.ts';
import { why } from './words/errorSentences.ts';

/** A surface belongs to a piece that this share of its vertices lies on; between, its parts hang together. */
const clearly = 0.95;

/**
 * The same reconstruction without one piece of its patch, and without the implant in that place: a scan that
 * lost thin bone makes a network see defects where there are none, and only a person can tell.
 *
 * @param piece number of the piece in `pieces`
 * @param centre a point inside the cranial cavity, canonical mm
 * @throws CranioplastyError `bad-usage` if there is no such piece or no other
 */
export function leaveOutPiece(
  reconstruction: Reconstruction,
  piece: number,
  centre: Vec3,
): Reconstruction {
  const { patch, implant, alignment, warnings, pieces } = reconstruction;
  const [agreement, deviation] = [
    atVertices(reconstruction.agreement),
    atVertices(reconstruction.deviation),
  ];
  if (pieces.length < 2 || !(piece in pieces)) {
    throw new CranioplastyError('bad-usage', why('error.leave-out'));
  }
  const { data, grid } = patch.mask;
  const keptPatch = data.slice();
  keepComponents({ grid, data: keptPatch }, (_size, rank) => rank !== piece);
  const isGone = (p: number): boolean => data[p] > keptPatch[p];

  const keptImplant = implant.mask.data.slice();
  const components = labelComponents(keptImplant, grid.size);
  const onGone = new Float64Array(components.sizes.length);
  const { start, length, label } = components;
  for (let r = 0; r < start.length; r++)
    for (let p = start[r]; p < start[r] + length[r]; p++)
      if (data[p]) onGone[label[r]] += isGone(p) ? 1 : -1;
  eraseComponents(keptImplant, components, (l) => onGone[l] > 0);

  const cavity = applyRigid(invertRigid(alignment.toCanonical), centre);
  const newPatch = remeasured(patch, keptPatch, cavity);
  const { vertices } = newPatch;
  const left = piecesOf(newPatch.shape.mask);
  return {
    ...reconstruction,
    patch: newPatch.shape,
    implant: remeasured(implant, keptImplant, cavity).shape,
    pieces: left,
    agreement: agreement && vertices && { ...agreement, ...lengthsAt(agreement, vertices) },
    deviation: deviation && vertices && lengthsAt(deviation, vertices),
    warnings: [
      ...warnings.filter(({ code }) => code !== 'several-defects'),
      ...warnOfPieces(left),
      warning('piece-left-out', 'piece-left-out', { volume: pieces[piece].volume.toFixed(1) }),
    ],
  };
}

/**
 * A shape with the voxels that are kept of it, and which vertices of its surface stayed; undefined if the
 * surface could not be parted and is now that of the voxels.
 */
function remeasured(
  { mask: { grid, data }, mesh }: ReconstructedShape,
  kept: Uint8Array,
  cavity: Vec3,
): { readonly shape: ReconstructedShape; readonly vertices?: Uint32Array } {
  const mask = { grid, data: kept };
  const parted = partSurface(mesh, (v) => sideOf(grid, data, kept, mesh, v));
  if (!parted) return { shape: { mask, ...measureMask(mask, cavity) } };
  const measurements = measureWithSurface(mask, parted.mesh, cavity);
  return { shape: { mask, mesh: parted.mesh, measurements }, vertices: parted.vertices };
}

/** Whether more of the voxels around a vertex are kept (above 0) or gone (below). */
function sideOf(
  grid: Grid,
  before: Uint8Array,
  kept: Uint8Array,
  { positions }: Mesh,
  vertex: number,
): number {
  const at: Vec3 = [positions[3 * vertex], positions[3 * vertex + 1], positions[3 * vertex + 2]];
  const { size } = grid;
  const [i, j, k] = patientToIndex(grid, at).map(Math.round);
  let side = 0;
  for (let z = Math.max(0, k - 1); z <= Math.min(size[2] - 1, k + 1); z++)
    for (let y = Math.max(0, j - 1); y <= Math.min(size[1] - 1, j + 1); y++)
      for (let x = Math.max(0, i - 1); x <= Math.min(size[0] - 1, i + 1); x++) {
        const p = x + size[0] * (y + size[1] * z);
        if (before[p]) side += kept[p] ? 1 : -1;
      }
  return side;
}

/**
 * The connected parts of a surface of which nearly all is kept.
 *
 * @param side of a vertex: above 0 kept, below 0 gone
 * @returns undefined if a part lies on both sides
 */
function partSurface(
  mesh: Mesh,
  side: (vertex: number) => number,
): { readonly mesh: Mesh; readonly vertices: Uint32Array } | undefined {
  const { positions, triangles } = mesh;
  const part = partsOf(mesh);
  const count = positions.length / 3;
  const kept = new Float64Array(count);
  const gone = new Float64Array(count);
  for (let v = 0; v < count; v++) {
    const s = side(v);
    if (s > 0) kept[part[v]]++;
    else if (s < 0) gone[part[v]]++;
  }
  const stays = (v: number): boolean => kept[part[v]] >= gone[part[v]];
  for (let v = 0; v < count; v++) {
    const all = kept[v] + gone[v];
    if (Math.max(kept[v], gone[v]) < clearly * all) return undefined;
  }
  const vertices: number[] = [];
  const number = new Int32Array(count);
  for (let v = 0; v < count; v++) if (stays(v)) number[v] = vertices.push(v) - 1;
  const left = triangles.filter((v) => stays(v)).map((v) => number[v]);
  const points = Float32Array.from(
    vertices.flatMap((v) => [positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]]),
  );
  return { mesh: { positions: points, triangles: left }, vertices: Uint32Array.from(vertices) };
}

/** For each vertex the least vertex that it is connected with. */
function partsOf({ positions, triangles }: Mesh): Uint32Array {
  const parent = Uint32Array.from({ length: positions.length / 3 }, (_, v) => v);
  const find = (v: number): number => {
    while (parent[v] !== v) {
      parent[v] = parent[parent[v]];
      v = parent[v];
    }
    return v;
  };
  for (let t = 0; t < triangles.length; t += 3) {
    const a = find(triangles[t]);
    for (const v of [triangles[t + 1], triangles[t + 2]]) {
      const [ra, rb] = [find(a), find(v)];
      if (ra !== rb) parent[Math.max(ra, rb)] = Math.min(ra, rb);
    }
  }
  return parent.map((_, v) => find(v));
}

/** What is known at the vertices: of a result that was opened again it is not. */
function atVertices<Lengths extends VertexLengths>(lengths?: Lengths): Lengths | undefined {
  return lengths && lengths.perVertex.length > 0 ? lengths : undefined;
}

/** Lengths over the vertices that stayed; the overlap of two opinions is still that of the whole patches. */
function lengthsAt({ perVertex }: VertexLengths, vertices: Uint32Array): VertexLengths {
  return overVertices(Float32Array.from(vertices, (v) => perVertex[v]));
}
