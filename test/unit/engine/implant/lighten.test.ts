import { describe, expect, it } from 'vitest';
import { lighten } from '../../../../extension/src/engine/implant/lighten.ts';
import type { Grid } from '../../../../extension/src/engine/space/grid.ts';
import { identityAxes } from '../../../../extension/src/engine/space/grid.ts';
import { isosurface } from '../../../../extension/src/engine/surface/isosurface.ts';
import type { Mesh } from '../../../../extension/src/engine/surface/mesh.ts';
import { placeMesh } from '../../../../extension/src/engine/surface/mesh.ts';
import { isClosedManifold, volumeOf } from '../../../../extension/src/engine/surface/topology.ts';
import { openSolidKernel } from '../../../../extension/src/solidKernel.ts';

const kernel = await openSolidKernel();
const n = 64;
const grid: Grid = {
  size: [2 * n, n, n],
  spacing: [0.5, 0.5, 0.5],
  origin: [-10, 20, 5],
  axes: identityAxes,
};

/** Two balls of 12 and 8 mm, the larger one hollow by 5 mm. */
function balls(): Mesh {
  const data = new Float32Array(2 * n ** 3);
  for (let k = 0, p = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < 2 * n; i++, p++) {
        const large = 0.5 * Math.hypot(i - 31.3, j - 31.6, k - 32.1);
        const small = 0.5 * Math.hypot(i - 92.2, j - 31.4, k - 31.9);
        data[p] = Math.max(Math.min(12 - large, large - 5), 8 - small);
      }
  return placeMesh(isosurface({ grid, data }, 0, -1), grid);
}

describe('a lighter surface', () => {
  it('has far fewer triangles, the same volume, and is closed as before', () => {
    const mesh = balls();
    const light = lighten(mesh, kernel);
    expect(light.triangles.length).toBeLessThan(mesh.triangles.length / 3);
    expect(isClosedManifold(light)).toBe(true);
    const exact = (4 / 3) * Math.PI * (12 ** 3 - 5 ** 3 + 8 ** 3);
    expect(Math.abs(volumeOf(light) / exact - 1)).toBeLessThan(0.01);
    // Nowhere farther from the balls than is allowed.
    const middles = [
      [5.65, 35.8, 21.05],
      [36.1, 35.7, 20.95],
    ];
    const { positions: p } = light;
    for (let v = 0; v < p.length; v += 3) {
      const [large, small] = middles.map(([x, y, z]) =>
        Math.hypot(p[v] - x, p[v + 1] - y, p[v + 2] - z),
      );
      const off = Math.min(Math.abs(large - 12), Math.abs(large - 5), Math.abs(small - 8));
      expect(off).toBeLessThan(0.06);
    }
  });

  it('of nothing is nothing', () => {
    const nothing = { positions: new Float32Array(), triangles: new Uint32Array() };
    expect(lighten(nothing, kernel)).toBe(nothing);
  });
});
