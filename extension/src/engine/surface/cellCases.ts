/*
 * The surface inside one cell of a grid, for each of the 256 ways in which its corners lie inside or outside:
 * marching cubes (Lorensen and Cline 1987) with the choices that make a manifold. The surface of a cell is bounded by
 * the lines in which it meets the cell's faces. A face with two opposite corners inside is ambiguous: everywhere the
 * same choice is made, inside corners are joined across the face, so that both cells of the face draw the same lines.
 * What is left to go wrong is a triangle's edge that lies in such a face without being one of these lines: the other
 * cell may draw it too, and it would have four triangles. No such edge is used.
 */

/** Corner pairs of the 12 edges of a cell; the bits of a corner are x, y, z. Edges along x, then y, then z. */
export const cellEdges: readonly (readonly [number, number])[] = [
  [0, 1],
  [2, 3],
  [4, 5],
  [6, 7],
  [0, 2],
  [1, 3],
  [4, 6],
  [5, 7],
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
];

/** Corners of the six faces, each in a ring that runs counter-clockwise seen from outside the cell. */
const faceRings = [
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 2, 3, 1],
  [4, 5, 7, 6],
];

const edgeBetween = (a: number, b: number): number =>
  cellEdges.findIndex(([p, q]) => (p === a && q === b) || (p === b && q === a));

/** The faces that hold each edge. */
const facesOf = cellEdges.map(([a, b]) =>
  faceRings.flatMap((ring, face) => (ring.includes(a) && ring.includes(b) ? [face] : [])),
);

const shareFace = (e: number, f: number): boolean =>
  facesOf[e].some((face) => facesOf[f].includes(face));

/**
 * The closed lines in which the surface meets the faces of a cell, as rings of edges, counter-clockwise seen from
 * outside the shape.
 */
function rings(inside: number): number[][] {
  const next = new Map<number, number>();
  for (const ring of faceRings) {
    // Edges at which the way around the face leaves the shape, and at which it enters it.
    const at = (n: number): boolean => ((inside >> ring[n % 4]) & 1) === 1;
    for (let n = 0; n < 4; n++) {
      if (!at(n) || at(n + 1)) continue;
      // The line from this exit to the next entry cuts off the corners outside between both.
      let m = n + 1;
      while (!at(m + 1)) m++;
      next.set(
        edgeBetween(ring[m % 4], ring[(m + 1) % 4]),
        edgeBetween(ring[n], ring[(n + 1) % 4]),
      );
    }
  }
  const found: number[][] = [];
  while (next.size > 0) {
    const ring: number[] = [];
    let edge: number | undefined = next.keys().next().value;
    while (edge !== undefined && next.has(edge)) {
      ring.push(edge);
      const following: number | undefined = next.get(edge);
      next.delete(edge);
      edge = following;
    }
    found.push(ring);
  }
  return found;
}

/** All ways to make triangles of a ring without an inner edge that lies in a face. */
function waysOf(ring: readonly number[]): number[][] {
  if (ring.length < 3) return [[]];
  const last = ring.length - 1;
  // The triangle on the edge from the last to the first.
  return middleFirst(last).flatMap((m) => {
    const chords: [number, number][] = [];
    if (m > 1) chords.push([ring[0], ring[m]]);
    if (m < last - 1) chords.push([ring[m], ring[last]]);
    if (chords.some(([one, other]) => shareFace(one, other))) return [];
    const right = waysOf(ring.slice(m));
    return waysOf(ring.slice(0, m + 1)).flatMap((left) =>
      right.map((rest) => [...left, ring[0], ring[m], ring[last], ...rest]),
    );
  });
}

/**
 * The way that is taken. Of those for a ring of seven edges a quarter may cut themselves, depending on where the edges are
 * crossed; that of the least area does not.
 */
function triangulate(ring: readonly number[]): number[] | undefined {
  const ways = waysOf(ring);
  if (ring.length < 7) return ways[0];
  return ways.sort((one, other) => areaOf(one) - areaOf(other))[0];
}

/** Area of triangles if all edges are crossed in their middle. */
function areaOf(triangles: readonly number[]): number {
  let area = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((n) => middleOf(triangles[t + n]));
    const [ux, uy, uz] = [0, 1, 2].map((axis) => b[axis] - a[axis]);
    const [vx, vy, vz] = [0, 1, 2].map((axis) => c[axis] - a[axis]);
    area += Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) / 2;
  }
  return area;
}

const middleOf = (edge: number): number[] =>
  [0, 1, 2].map((axis) => {
    const [p, q] = cellEdges[edge];
    return (((p >> axis) & 1) + ((q >> axis) & 1)) / 2;
  });

const middleFirst = (last: number): number[] =>
  Array.from({ length: last - 1 }, (_, n) => n + 1).sort(
    (a, b) => Math.abs(a - last / 2) - Math.abs(b - last / 2),
  );

function trianglesOf(inside: number): Uint8Array {
  return Uint8Array.from(
    rings(inside).flatMap((ring) => {
      const triangles = triangulate(ring);
      if (!triangles) throw new Error(`Cell case ${inside} has no triangles.`);
      return triangles;
    }),
  );
}

/**
 * Triangles of each case, as edges of the cell, counter-clockwise seen from outside the shape. Bit n of a case
 * says that corner n is inside.
 */
export const cellTriangles: readonly Uint8Array[] = Array.from({ length: 256 }, (_, inside) =>
  trianglesOf(inside),
);
