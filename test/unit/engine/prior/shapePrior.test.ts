import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadShapePrior } from '../../../../extension/src/engine/prior/shapePriorFile.ts';
import { continueSkull } from '../../../../extension/src/engine/prior/shapePrior.ts';
import type { ShapePriorManifest } from '../../../../extension/src/engine/prior/shapePriorFile.ts';
import { modelFolder } from '../../../support/atlasFiles.ts';

const url = (path: string): URL => new URL(path, import.meta.url);
const model = new URL('../../../../models/ct-lite/', import.meta.url);
const manifest = (
  JSON.parse(readFileSync(new URL('model.json', model), 'utf8')) as {
    shapePrior: ShapePriorManifest;
  }
).shapePrior;
const source = modelFolder('ct-lite');

/** What training makes of a head whose shape is a formula (`make_continued_skull.py`). */
const expected = JSON.parse(readFileSync(url('fixtures/continuedSkull.json'), 'utf8')) as {
  axes: [number, number, number];
  thickness: number;
  hole: [number, number, number];
  holeDeg: number;
  cells: number[];
  outer: number[];
  inner: number[];
  deviation: number[];
  weight: number[];
};

/** Signed distance along the ray of an ellipsoid of bone without a cone. */
function head(x: number, y: number, z: number): number {
  const q = [x, y, z].map((v, a) => v - manifest.center[a]);
  const r = Math.hypot(...q);
  const u = q.map((v) => v / r);
  const cosine = u.reduce((sum, v, a) => sum + v * expected.hole[a], 0);
  if (cosine > Math.cos((expected.holeDeg * Math.PI) / 180)) return 20;
  const outer = 1 / Math.hypot(...u.map((v, a) => v / expected.axes[a]));
  return Math.max(r - outer, outer - expected.thickness - r);
}

describe('the shape prior', () => {
  it('continues a head as training does, to two hundredths of a millimetre', async () => {
    const prior = await loadShapePrior(source, manifest);
    const { maps, deviation } = continueSkull(prior, head);
    expect(expected.cells.length).toBeGreaterThan(40);
    let missing = 0;
    expected.cells.forEach((cell, k) => {
      expect(Math.abs(maps[3 * cell] - expected.outer[k])).toBeLessThan(0.02);
      expect(Math.abs(maps[3 * cell + 1] - expected.inner[k])).toBeLessThan(0.02);
      expect(Math.abs(maps[3 * cell + 2] - expected.weight[k])).toBeLessThan(0.005);
      if (deviation[cell] === 0) return;
      missing++;
      // Bone at exactly two degrees from the rim may count on one side only.
      expect(Math.abs(deviation[cell] - expected.deviation[k])).toBeLessThan(0.03);
    });
    expect(missing).toBeGreaterThan(20);
  });

  it('lets a head rest pull at nothing', async () => {
    const prior = await loadShapePrior(source, manifest);
    // A plate of 50 mm behind the head, a centimetre off.
    const withRest: typeof head = (x, y, z) => {
      const [dx, dy, dz] = [x, y, z].map((v, a) => v - manifest.center[a]);
      const plate = Math.max(Math.abs(dy - 98) - 1.5, Math.hypot(dx, dz) - 25);
      return Math.min(head(x, y, z), plate);
    };
    const alone = continueSkull(prior, head).maps;
    const beside = continueSkull(prior, withRest).maps;
    let farthest = 0;
    for (const cell of prior.cells)
      farthest = Math.max(farthest, Math.abs(beside[3 * cell] - alone[3 * cell]));
    expect(farthest).toBeLessThan(1);
  });

  it('takes the wall of a cut for no inner surface', async () => {
    const prior = await loadShapePrior(source, manifest);
    // Sawn out with walls that are parallel: rays beside the hole leave the bone by its wall.
    const whole: typeof head = (x, y, z) => {
      const q = [x, y, z].map((v, a) => v - manifest.center[a]);
      const r = Math.hypot(...q);
      const outer = 1 / Math.hypot(...q.map((v, a) => v / r / expected.axes[a]));
      return Math.max(r - outer, outer - expected.thickness - r);
    };
    const sawn: typeof head = (x, y, z) => {
      const q = [x, y, z].map((v, a) => v - manifest.center[a]);
      const along = q.reduce((sum, v, a) => sum + v * expected.hole[a], 0);
      const across = Math.sqrt(Math.max(0, q.reduce((sum, v) => sum + v * v, 0) - along ** 2));
      return along > 0 ? Math.max(whole(x, y, z), 38 - across) : whole(x, y, z);
    };
    const { maps } = continueSkull(prior, sawn);
    for (const cell of expected.cells)
      if (maps[3 * cell + 2] === 1)
        expect(Math.abs(maps[3 * cell] - maps[3 * cell + 1] - expected.thickness)).toBeLessThan(1);
  });

  it('has a fuller and a flatter shape, one standard deviation apart from the expected one', async () => {
    const prior = await loadShapePrior(source, manifest);
    const middle = continueSkull(prior, head);
    const fuller = continueSkull(prior, head, 'fuller').maps;
    const flatter = continueSkull(prior, head, 'flatter').maps;
    let most = 0;
    for (const cell of prior.cells) {
      const d = middle.deviation[cell];
      most = Math.max(most, d);
      expect(fuller[3 * cell] - middle.maps[3 * cell]).toBeCloseTo(d, 6);
      expect(middle.maps[3 * cell] - flatter[3 * cell]).toBeCloseTo(d, 6);
      // The thickness stays.
      expect(fuller[3 * cell] - fuller[3 * cell + 1]).toBeCloseTo(
        middle.maps[3 * cell] - middle.maps[3 * cell + 1],
        6,
      );
    }
    expect(most).toBeGreaterThan(0.1);
  });

  it('refuses a file that is not the one of the manifest', async () => {
    const other = { ...manifest, sha256: '0'.repeat(64) };
    await expect(loadShapePrior(source, other)).rejects.toMatchObject({ code: 'model-tampered' });
  });

  it('refuses a file whose size the manifest does not say', async () => {
    const other = { ...manifest, cells: manifest.cells - 1 };
    await expect(loadShapePrior(source, other)).rejects.toMatchObject({ code: 'model-invalid' });
  });
});
