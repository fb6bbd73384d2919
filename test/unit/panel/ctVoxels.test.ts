import { expect, it, vi } from 'vitest';
import { readCtSeries } from '../../../extension/src/dicom/ct/ctSeries.ts';
import { indexToPatient } from '../../../extension/src/engine/space/grid.ts';
import { readCoarseCt, readCtVoxels } from '../../../extension/src/viewer/ctVoxels.ts';
import { ctSliceDataset } from '../../../scripts/ct-files.ts';
import { asymmetricCt, phantomCases, phantomIdentity } from '../../conformance/phantom.ts';

const { grid } = phantomCases[0];
const ct = asymmetricCt(grid);
const pixels = grid.size[0] * grid.size[1];

/** The viewer's cache: image k holds slice k in HU. */
const { images } = vi.hoisted(() => ({ images: new Map<string, ArrayLike<number>>() }));
vi.mock('@cornerstonejs/core', () => ({
  metaData: { get: (_: string, imageId: string) => ({ SOPInstanceUID: imageId }) },
  imageLoader: {
    loadAndCacheImage: (imageId: string) =>
      Promise.resolve({
        preScale: { scaled: true },
        voxelManager: { getScalarData: () => images.get(imageId) },
      }),
  },
}));

it('takes padding in the viewer for air, too', async () => {
  const attributes = { PixelPaddingValue: 63536 };
  const instances = Array.from({ length: grid.size[2] }, (_, k) =>
    ctSliceDataset(ct, k, { ...phantomIdentity, attributes }),
  );
  for (let k = 0; k < grid.size[2]; k++) {
    const values = Float32Array.from(ct.data.subarray(k * pixels, (k + 1) * pixels));
    values[7] = 63536 - 1024;
    images.set(phantomIdentity.sopInstanceUID(k), values);
  }
  const { data } = await readCtVoxels(readCtSeries(instances), [...images.keys()]);
  const expected = ct.data.slice();
  for (let k = 0; k < grid.size[2]; k++) expected[k * pixels + 7] = -1024;
  expect(data).toEqual(expected);
});

it('gives coarse voxels, each as dense as the densest that it stands for', async () => {
  const instances = Array.from({ length: grid.size[2] }, (_, k) =>
    ctSliceDataset(ct, k, phantomIdentity),
  );
  for (let k = 0; k < grid.size[2]; k++)
    images.set(
      phantomIdentity.sopInstanceUID(k),
      Float32Array.from(ct.data.subarray(k * pixels, (k + 1) * pixels)),
    );
  const series = readCtSeries(instances);
  const coarse = await readCoarseCt(series, [...images.keys()]);
  const steps = grid.spacing.map((s) => Math.max(1, Math.round(2 / s)));
  expect(coarse.grid.size).toEqual(grid.size.map((n, a) => Math.ceil(n / steps[a])));
  const [nx, ny] = grid.size;
  const expected = coarse.data.map(() => -32768);
  ct.data.forEach((hu, p) => {
    const [i, j, k] = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))];
    const [x, y, z] = [i, j, k].map((v, a) => Math.floor(v / steps[a]));
    const q = x + coarse.grid.size[0] * (y + coarse.grid.size[1] * z);
    expected[q] = Math.max(expected[q], hu);
  });
  expect(coarse.data).toEqual(expected);
  // The middle of the first coarse voxel is the middle of those it stands for.
  const first = indexToPatient(
    series.grid,
    steps.map((step) => (step - 1) / 2) as [number, number, number],
  );
  expect(coarse.grid.origin).toEqual(first);
});

it('has no coarse voxels of images that cannot be loaded', async () => {
  const instances = Array.from({ length: grid.size[2] }, (_, k) =>
    ctSliceDataset(ct, k, phantomIdentity),
  );
  await expect(readCoarseCt(readCtSeries(instances), [])).rejects.toThrow('could not be loaded');
});
