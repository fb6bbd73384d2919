import { describe, expect, it } from 'vitest';
import { cholesky, solveCholesky } from '../../../../extension/src/engine/prior/cholesky.ts';

describe('cholesky', () => {
  // Fewer than a panel, a whole one, more than two; rows and columns left over of every tile.
  it.each([1, 2, 13, 48, 49, 100, 151])('solves a system of %i whose answer is known', (n) => {
    // A = B·Bᵀ + I, positive definite.
    const b = Float64Array.from({ length: n * n }, (_, i) => Math.sin(1 + i * i));
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < n; k++) a[i * n + j] += b[i * n + k] * b[j * n + k];
        if (i === j) a[i * n + j] += 1;
      }
    const x = Float64Array.from({ length: n }, (_, i) => i - 4);
    const right = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) right[i] += a[i * n + j] * x[j];
    cholesky(a, n);
    solveCholesky(a, n, right);
    x.forEach((v, i) => expect(right[i]).toBeCloseTo(v, 9));
  });
});
