import { describe, expect, it } from 'vitest';
import { identityAxes } from '../../../../extension/src/engine/space/grid.ts';
import type { Grid } from '../../../../extension/src/engine/space/grid.ts';
import { tetrahedron } from '../../../support/tetrahedron.ts';
import { readStl, writeStl } from '../../../../extension/src/engine/surface/stl.ts';
import {
  hasTwins,
  isClosedManifold,
  topologyOf,
  volumeOf,
} from '../../../../extension/src/engine/surface/topology.ts';
import { isosurface } from '../../../../extension/src/engine/surface/isosurface.ts';
import { placeMesh } from '../../../../extension/src/engine/surface/mesh.ts';
import type { Mesh } from '../../../../extension/src/engine/surface/mesh.ts';
import { intersectsItself } from '../../../../extension/src/engine/surface/selfIntersection.ts';

const n = 48;
const radius = 15;

function ball(grid: Grid): Float32Array {
  const data = new Float32Array(n ** 3);
  for (let k = 0, p = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++)
        data[p] = 0.5 + (radius - Math.hypot(i - 23.3, j - 22.6, k - 24.1)) / 4;
  expect(data.length).toBe(grid.size[0] ** 3);
  return data;
}

function signedVolume({ positions: p, triangles }: Mesh): number {
  let volume = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    volume +=
      (p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) -
        p[a + 1] * (p[b] * p[c + 2] - p[b + 2] * p[c]) +
        p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c])) /
      6;
  }
  return volume;
}

/** Directed edges that lack their opposite: 0 for a closed surface. */
function openEdges({ triangles }: Mesh): number {
  const edges = new Map<string, number>();
  for (let t = 0; t < triangles.length; t += 3)
    for (let e = 0; e < 3; e++) {
      const key = `${triangles[t + e]},${triangles[t + ((e + 1) % 3)]}`;
      edges.set(key, (edges.get(key) ?? 0) + 1);
    }
  let open = 0;
  for (const [key, count] of edges) {
    const [a, b] = key.split(',');
    if ((edges.get(`${b},${a}`) ?? 0) !== count) open++;
  }
  return open;
}

const cube: Grid = { size: [n, n, n], spacing: [1, 1, 1], origin: [0, 0, 0], axes: identityAxes };

describe('isosurface', () => {
  it('closes a ball and has its volume within 1 %, wound outward', () => {
    const mesh = placeMesh(isosurface({ grid: cube, data: ball(cube) }, 0.5), cube);
    expect(openEdges(mesh)).toBe(0);
    expect(signedVolume(mesh) / ((4 / 3) * Math.PI * radius ** 3)).toBeCloseTo(1, 1.9);
  });

  it('closes a shape that is cut by the edge of the volume', () => {
    const data = new Float32Array(8 ** 3).fill(1);
    const grid: Grid = { ...cube, size: [8, 8, 8] };
    const mesh = placeMesh(isosurface({ grid, data }, 0.5), grid);
    expect(openEdges(mesh)).toBe(0);
    expect(signedVolume(mesh)).toBeGreaterThan(7 ** 3);
  });

  it('stays wound outward on a left-handed grid', () => {
    const flipped: Grid = {
      ...cube,
      axes: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, -1],
      ],
    };
    const mesh = placeMesh(isosurface({ grid: flipped, data: ball(flipped) }, 0.5), flipped);
    expect(signedVolume(mesh)).toBeGreaterThan(0);
  });
});

describe('a surface', () => {
  const grid: Grid = { ...cube, size: [24, 24, 24] };
  /** The worst there is: every case of a cell beside every other. */
  const noise = (seed: number): Float32Array => {
    let state = seed;
    return Float32Array.from({ length: 24 ** 3 }, () => {
      state = (1664525 * state + 1013904223) % 2 ** 32;
      return state / 2 ** 32;
    });
  };

  it('is a manifold that nowhere cuts itself, whatever the field', () => {
    for (const level of [0.2, 0.5, 0.8]) {
      const mesh = isosurface({ grid, data: noise(level * 100) }, level);
      expect(topologyOf(mesh)).toMatchObject({
        openEdges: 0,
        crowdedEdges: 0,
        pinchedVertices: 0,
      });
      expect(volumeOf(mesh)).toBeGreaterThan(0);
      expect(intersectsItself(mesh), String(level)).toBe(false);
    }
  });

  it('is a manifold with triangles of some size where the field is as on as off', () => {
    const data = noise(7).map((v) => (v < 0.5 ? 0 : 1));
    const mesh = isosurface({ grid, data }, 1);
    expect(isClosedManifold(mesh)).toBe(true);
    const corners = new Set<string>();
    for (let v = 0; v < mesh.positions.length; v += 3)
      corners.add(mesh.positions.slice(v, v + 3).join());
    expect(corners.size).toBe(mesh.positions.length / 3);
  });

  it('is told from one of which a file would make two vertices one', () => {
    const one = tetrahedron();
    const triangles = Uint32Array.from([...one.triangles, ...one.triangles.map((v) => v + 4)]);
    // Turned about the edge along x, which both then have.
    const turned = one.positions.map((v, n) => (n % 3 === 0 || v === 0 ? v : -v));
    const both = { positions: Float32Array.from([...one.positions, ...turned]), triangles };
    expect(isClosedManifold(both)).toBe(true);
    expect(hasTwins(both)).toBe(true);
    expect(isClosedManifold(readStl(writeStl(both, '')))).toBe(false);
    expect(hasTwins(one)).toBe(false);
  });

  it('is told from one with a hole, a fin or a pinch', () => {
    const mesh = isosurface({ grid: cube, data: ball(cube) }, 0.5);
    const { positions, triangles } = mesh;
    expect(topologyOf({ positions, triangles: triangles.slice(3) }).openEdges).toBe(3);
    const fin = Uint32Array.from([...triangles, triangles[0], triangles[1], triangles[7]]);
    expect(topologyOf({ positions, triangles: fin }).crowdedEdges).toBeGreaterThan(0);
    const shift = positions.length / 3;
    const twin = Uint32Array.from([...triangles, ...triangles.map((v) => v + shift)]);
    const two = {
      positions: Float32Array.from([...positions, ...positions.map((v) => v + 90)]),
      triangles: twin,
    };
    expect(topologyOf(two)).toMatchObject({ bodies: 2, pinchedVertices: 0 });
    const joined = { ...two, triangles: twin.map((v) => (v === shift ? 0 : v)) };
    expect(topologyOf(joined)).toMatchObject({ bodies: 1, pinchedVertices: 1 });
  });
});

describe('writeStl', () => {
  it('writes header, count and vertices, and never begins with "solid"', () => {
    const mesh: Mesh = {
      positions: Float32Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0]),
      triangles: Uint32Array.from([0, 1, 2]),
    };
    const bytes = writeStl(mesh, 'solid Research use only');
    const view = new DataView(bytes.buffer);
    expect(bytes.length).toBe(134);
    expect(new TextDecoder().decode(bytes.slice(0, 5))).not.toBe('solid');
    expect(view.getUint32(80, true)).toBe(1);
    expect(view.getFloat32(84 + 8, true)).toBe(1);
    expect(view.getFloat32(84 + 24, true)).toBe(1);
  });
});

describe('readStl', () => {
  const stl = writeStl(tetrahedron(), 'mm, LPS');

  it('gives a closed surface, of which the same file is written again', () => {
    const mesh = readStl(stl);
    expect(mesh.positions).toHaveLength(12);
    expect(topologyOf(mesh)).toMatchObject({ openEdges: 0, crowdedEdges: 0, bodies: 1 });
    expect(writeStl(mesh, 'mm, LPS')).toEqual(stl);
  });

  it.each([
    ['cut short', stl.subarray(0, 200)],
    ['empty', new Uint8Array()],
    ['text', new TextEncoder().encode('solid implant\nendsolid')],
  ])('refuses a file that is %s', (_, wrong) => {
    expect(() => readStl(wrong)).toThrow(/export it again as binary STL/);
  });
});
