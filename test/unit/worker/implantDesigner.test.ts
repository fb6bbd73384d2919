import { beforeAll, describe, expect, it, vi } from 'vitest';
import { designedShape } from '../../../extension/src/engine/designedShape.ts';
import type { DesignedImplant } from '../../../extension/src/engine/implant/design.ts';
import { completeParameters } from '../../../extension/src/engine/implant/parameters.ts';
import { identityAxes, type Grid } from '../../../extension/src/engine/space/grid.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { readStl, writeStl } from '../../../extension/src/engine/surface/stl.ts';
import { openSolidKernel } from '../../../extension/src/solidKernel.ts';
import { ImplantDesigner } from '../../../extension/src/worker/ImplantDesigner.ts';

const grid: Grid = {
  size: [90, 90, 60],
  spacing: [1, 1, 1],
  origin: [-44.5, -44.5, 0],
  axes: identityAxes,
};

/** Half a ball's shell of 6 mm with a round hole of 40 mm at its top, and what is missing. */
function shell() {
  const [skull, patch] = [emptyMask(grid), emptyMask(grid)];
  const [nx, ny, nz] = grid.size;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        const [x, y, z] = [i - 44.5, j - 44.5, k];
        const r = Math.hypot(x, y, z);
        if (r < 36 || r > 42) continue;
        (Math.hypot(x, y) < 20 ? patch : skull).data[p] = 1;
      }
  return { skull, patch };
}

describe('the designer of the worker', () => {
  it('keeps what it prepared for the next parameters, and opens the kernel once', async () => {
    const open = vi.fn(() => openSolidKernel());
    const designer = new ImplantDesigner(open);
    const job = { toCanonical: identityTransform, parameters: completeParameters({}) };
    await expect(designer.design(job, undefined)).rejects.toMatchObject({ code: 'bad-usage' });

    const first = await designer.design({ ...job, from: shell() }, 'http://localhost/runtime/');
    const parameters = completeParameters({ thickness: 3 });
    const thinner = await designer.design({ ...job, parameters }, undefined);
    expect(thinner.volume).toBeLessThan(0.85 * first.volume);
    expect(open.mock.calls).toEqual([['http://localhost/runtime/']]);

    const { mesh, measurements } = designedShape(first, [0, 0, 0]);
    expect(mesh).toBe(first.meshes[0]);
    expect(measurements.volume).toBe(first.volume);
    expect(measurements.meanThickness).toBeGreaterThan(3.5);
    expect(measurements.meanThickness).toBeLessThan(4.5);
  });

  it('forgets a patch in whose place none could be prepared', async () => {
    const designer = new ImplantDesigner(() => openSolidKernel());
    const job = { toCanonical: identityTransform, parameters: completeParameters({}) };
    const { skull, patch } = shell();
    await designer.design({ ...job, from: { skull, patch } }, undefined);
    const from = { skull, patch: emptyMask(grid) };
    await expect(designer.design({ ...job, from }, undefined)).rejects.toMatchObject({
      code: 'empty-skull',
    });
    await expect(designer.design(job, undefined)).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('says that the kernel could not be loaded, and tries again', async () => {
    const open = vi.fn(() => openSolidKernel());
    open.mockRejectedValueOnce(new Error('404'));
    const designer = new ImplantDesigner(open);
    const job = { toCanonical: identityTransform, parameters: completeParameters({}) };
    await expect(designer.design({ ...job, from: shell() }, undefined)).rejects.toMatchObject({
      code: 'model-unavailable',
    });
    expect((await designer.design(job, undefined)).volume).toBeGreaterThan(1);
  });
});

describe('thickness and gap of a stored design', () => {
  const toCanonical = identityTransform;
  const designer = new ImplantDesigner(() => openSolidKernel());
  let fresh: DesignedImplant;
  beforeAll(async () => {
    const parameters = completeParameters({});
    fresh = await designer.design({ from: shell(), toCanonical, parameters }, undefined);
  });

  it('are measured as those of a fresh one, without the kernel', () => {
    const { maps, ...stored } = fresh;
    const opened = new ImplantDesigner(() => Promise.reject(new Error('404')));
    expect(() => opened.map({ toCanonical, design: stored })).toThrow(
      expect.objectContaining({ code: 'bad-usage' }),
    );
    expect(opened.map({ from: shell(), toCanonical, design: stored })).toEqual(maps);
    // A file of its surface has the same vertices in another order.
    const meshes = stored.meshes.map((mesh) => readStl(writeStl(mesh, 'stored')));
    const again = opened.map({ toCanonical, design: { ...stored, meshes } });
    const known = (values?: Float32Array) => values?.filter((v) => !Number.isNaN(v)).sort();
    expect(known(again.thickness)).toEqual(known(maps?.thickness));
    expect(known(again.gap)).toEqual(known(maps?.gap));
  });

  const refused =
    /^Skull, patch and parameters give another implant than the stored one: change a parameter/;

  it.each([
    ['other parameters', { parameters: completeParameters({ clearance: 1 }) }],
    ['another insertion axis', { axis: [0.3, 0, Math.sqrt(0.91)] as const }],
    ['voxels of another grid', { mask: emptyMask({ ...grid, size: [9, 9, 6] }) }],
    ['no voxels', { mask: emptyMask(grid) }],
  ])('are refused for %s', (_, other) => {
    expect(() => designer.map({ toCanonical, design: { ...fresh, ...other } })).toThrow(refused);
  });

  it('are refused for bone that was cut back by a millimetre', () => {
    const { skull, patch } = shell();
    const [nx, ny] = grid.size;
    for (let p = 0; p < skull.data.length; p++) {
      const [x, y] = [(p % nx) - 44.5, (Math.floor(p / nx) % ny) - 44.5];
      if (Math.hypot(x, y) < 21) skull.data[p] = 0;
    }
    const from = { skull, patch };
    expect(() => designer.map({ from, toCanonical, design: fresh })).toThrow(refused);
  });
});
