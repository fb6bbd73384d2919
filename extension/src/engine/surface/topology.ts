import type { Mesh } from './mesh.ts';

/** What is wrong with the way in which a mesh's triangles hang together; all 0 for a closed manifold. */
export interface Topology {
  /** Edges with one triangle, or whose triangles disagree about which side is outside. */
  readonly openEdges: number;
  /** Edges with more than two triangles. */
  readonly crowdedEdges: number;
  /** Vertices whose triangles form more than one fan. */
  readonly pinchedVertices: number;
  /** Separate closed surfaces, those around hollows included. */
  readonly bodies: number;
}

/** Examines a mesh by its vertex numbers. */
export function topologyOf({ positions, triangles }: Mesh): Topology {
  const vertices = positions.length / 3;
  const first = new Uint32Array(vertices + 1);
  for (let c = 0; c < triangles.length; c++) first[triangles[c] + 1]++;
  for (let v = 0; v < vertices; v++) first[v + 1] += first[v];
  // The corners of each vertex: the edges that leave it.
  const corners = new Uint32Array(triangles.length);
  const filled = first.slice(0, vertices);
  for (let c = 0; c < triangles.length; c++) corners[filled[triangles[c]]++] = c;

  let [openEdges, crowdedEdges, pinchedVertices, bodies] = [0, 0, 0, 0];
  const parent = Uint32Array.from({ length: vertices }, (_, v) => v);
  const find = (v: number): number => {
    while (parent[v] !== v) {
      parent[v] = parent[parent[v]];
      v = parent[v];
    }
    return v;
  };
  for (let v = 0; v < vertices; v++) {
    const [from, to] = [first[v], first[v + 1]];
    if (from === to) continue;
    let simple = true;
    for (let n = from; n < to; n++) {
      const target = triangles[following(corners[n])];
      const [a, b] = [find(v), find(target)];
      if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
      let leaving = 0;
      let arriving = 0;
      for (let m = from; m < to; m++) {
        if (triangles[following(corners[m])] === target) leaving++;
        if (triangles[preceding(corners[m])] === target) arriving++;
      }
      if (leaving === 1 && arriving === 1) continue;
      simple = false;
      if (leaving + arriving > 2) crowdedEdges++;
      else openEdges++;
    }
    // Around a vertex of a closed surface one triangle leads to the next until all have been seen.
    if (simple && fan(triangles, corners, from, to) < to - from) pinchedVertices++;
  }
  for (let v = 0; v < vertices; v++) if (first[v] < first[v + 1] && find(v) === v) bodies++;
  return { openEdges, crowdedEdges, pinchedVertices, bodies };
}

/** Whether a mesh is the boundary of a solid. */
export function isClosedManifold(mesh: Mesh): boolean {
  const { openEdges, crowdedEdges, pinchedVertices } = topologyOf(mesh);
  return openEdges + crowdedEdges + pinchedVertices === 0;
}

const following = (corner: number): number => (corner % 3 === 2 ? corner - 2 : corner + 1);
const preceding = (corner: number): number => (corner % 3 === 0 ? corner + 2 : corner - 1);

/** Triangles that are passed on the way around a vertex, from its first one. */
function fan(triangles: Uint32Array, corners: Uint32Array, from: number, to: number): number {
  const start = triangles[following(corners[from])];
  let at = start;
  let passed = 0;
  do {
    for (let n = from; n < to; n++)
      if (triangles[following(corners[n])] === at) {
        at = triangles[preceding(corners[n])];
        break;
      }
    passed++;
  } while (at !== start && passed <= to - from);
  return passed;
}

/** Volume inside a closed mesh, in the cube of its unit. */
export function volumeOf({ positions: p, triangles }: Mesh): number {
  let volume = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    volume +=
      p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) -
      p[a + 1] * (p[b] * p[c + 2] - p[b + 2] * p[c]) +
      p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
  }
  return volume / 6;
}

/**
 * Whether two vertices lie at the very same place. A file that holds corners, as STL does, makes one of them, and what was a
 * manifold may no longer be one.
 */
export function hasTwins({ positions: p }: Mesh): boolean {
  const count = p.length / 3;
  const order = Uint32Array.from({ length: count }, (_, v) => v);
  order.sort(
    (a, b) => p[3 * a] - p[3 * b] || p[3 * a + 1] - p[3 * b + 1] || p[3 * a + 2] - p[3 * b + 2],
  );
  for (let n = 1; n < count; n++) {
    const [a, b] = [3 * order[n - 1], 3 * order[n]];
    if (p[a] === p[b] && p[a + 1] === p[b + 1] && p[a + 2] === p[b + 2]) return true;
  }
  return false;
}
