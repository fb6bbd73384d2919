import { describe, expect, it } from 'vitest';
import { identityAxes } from '../../../../extension/src/engine/space/grid.ts';
import type { Grid } from '../../../../extension/src/engine/space/grid.ts';
import { writeStl } from '../../../../extension/src/engine/surface/stl.ts';
import { isosurface } from '../../../../extension/src/engine/surface/isosurface.ts';
import { placeMesh } from '../../../../extension/src/engine/surface/mesh.ts';
import type { Mesh } from '../../../../extension/src/engine/surface/mesh.ts';

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
