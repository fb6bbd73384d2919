import { expect, it, vi } from 'vitest';
import { readCtSeries } from '../../../extension/src/dicom/ct/ctSeries.ts';
import { readCtVoxels } from '../../../extension/src/viewer/ctVoxels.ts';
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
