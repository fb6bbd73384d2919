import { describe, expect, it } from 'vitest';
import { measureAgreement } from '../../../../extension/src/engine/cascade/agreement.ts';
import { canonicalGrid } from '../../../../extension/src/engine/space/canonical.ts';
import { isosurface } from '../../../../extension/src/engine/surface/isosurface.ts';
import { placeMesh } from '../../../../extension/src/engine/surface/mesh.ts';

const grid = canonicalGrid(64, 0.8);

/** A ball around the middle of the grid, mm. */
function ball(radius: number): Float32Array {
  const out = new Float32Array(64 ** 3);
  for (let k = 0, p = 0; k < 64; k++)
    for (let j = 0; j < 64; j++)
      for (let i = 0; i < 64; i++, p++)
        out[p] = Math.hypot(i - 31.5, j - 31.5, k - 31.5) * 0.8 < radius ? 1 : 0;
  return out;
}

function agreementOf(a: Float32Array, b: Float32Array) {
  const patch = { grid, data: a.map((v, p) => (v + b[p]) / 2) };
  const [network, continued] = [a, b].map((data) => ({ grid, data }));
  return measureAgreement(patch, network, continued, placeMesh(isosurface(patch, 0.5), grid));
}

describe('agreement of two opinions', () => {
  it('is full where both are the same', () => {
    const { dice, mean, p95 } = agreementOf(ball(15), ball(15));
    expect(dice).toBe(1);
    expect(mean).toBe(0);
    expect(p95).toBe(0);
  });

  it('is the distance of concentric balls', () => {
    const { dice, mean, p95, perVertex } = agreementOf(ball(15), ball(17));
    expect(dice).toBeCloseTo((2 * 15 ** 3) / (15 ** 3 + 17 ** 3), 2);
    expect(mean).toBeGreaterThan(1.7);
    expect(mean).toBeLessThan(2.3);
    expect(p95).toBeLessThan(2.8);
    expect(perVertex.length).toBeGreaterThan(1000);
  });

  it('does not count what postprocessing took away', () => {
    const patch = { grid, data: ball(15) };
    const network = { grid, data: ball(20) };
    const mesh = placeMesh(isosurface(patch, 0.5), grid);
    expect(measureAgreement(patch, network, patch, mesh).dice).toBe(1);
  });
});
