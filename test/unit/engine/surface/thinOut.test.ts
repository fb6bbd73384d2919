import { expect, it } from 'vitest';
import { identityAxes } from '../../../../extension/src/engine/space/grid.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import { maskSurface } from '../../../../extension/src/engine/surface/skullSurface.ts';
import { thinOut } from '../../../../extension/src/engine/surface/thinOut.ts';

/** A plate of 2 mm, thinner than the cells. */
function plate() {
  const mask = emptyMask({
    size: [60, 60, 20],
    spacing: [1, 1, 1],
    origin: [-30, -30, -10],
    axes: identityAxes,
  });
  for (let k = 9; k < 11; k++)
    for (let j = 10; j < 50; j++)
      for (let i = 10; i < 50; i++) mask.data[i + 60 * (j + 60 * k)] = 1;
  return maskSurface(mask);
}

it('has far fewer triangles, and both sides of what is thin', () => {
  const fine = plate();
  const coarse = thinOut(fine, 4);
  expect(coarse.triangles.length).toBeLessThan(fine.triangles.length / 5);
  // Each side covers the plate: its area is that of the plate, without holes.
  const { positions: p, triangles, normals = new Float32Array() } = coarse;
  const area = { up: 0, down: 0 };
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const twice = (p[b] - p[a]) * (p[c + 1] - p[a + 1]) - (p[b + 1] - p[a + 1]) * (p[c] - p[a]);
    area[normals[a + 2] + normals[b + 2] + normals[c + 2] > 0 ? 'up' : 'down'] +=
      Math.abs(twice) / 2;
  }
  expect(area.up).toBeGreaterThan(36 * 36);
  expect(area.down).toBeGreaterThan(36 * 36);
  expect(area.up).toBeLessThan(44 * 44);
});

it('leaves nothing of nothing', () => {
  const none = thinOut({ positions: new Float32Array(), triangles: new Uint32Array() }, 4);
  expect(none.triangles).toHaveLength(0);
});
