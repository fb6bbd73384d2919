import { describe, expect, it } from 'vitest';
import { canonicalGrid } from '../../../../extension/src/engine/space/canonical.ts';
import { wallThickness } from '../../../../extension/src/engine/shape/thickness.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';

describe('the thickness of a wall', () => {
  it('is that of a shell of 4 mm', () => {
    const shell = emptyMask(canonicalGrid(120, 0.5));
    for (let k = 0, p = 0; k < 120; k++)
      for (let j = 0; j < 120; j++)
        for (let i = 0; i < 120; i++, p++) {
          const r = 0.5 * Math.hypot(i - 59.5, j - 59.5, k - 59.5);
          if (r > 20 && r < 24) shell.data[p] = 1;
        }
    const { mesh, perVertex } = wallThickness(shell);
    expect(perVertex).toHaveLength(mesh.positions.length / 3);
    const mean = perVertex.reduce((a, b) => a + b, 0) / perVertex.length;
    expect(mean).toBeGreaterThan(3.6);
    expect(mean).toBeLessThan(4.4);
  });

  it('of nothing is nothing', () => {
    expect(wallThickness(emptyMask(canonicalGrid(8, 1))).perVertex).toHaveLength(0);
  });
});
