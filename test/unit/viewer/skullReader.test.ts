import { expect, it, vi } from 'vitest';
import { SkullReader } from '../../../extension/src/viewer/segments/skullOfSource.ts';
import { storedKey, type StoredSource } from '../../../extension/src/viewer/skullSource.ts';
import { file, series } from '../dicom/segmentation/phantomFile.ts';

vi.mock('@cornerstonejs/tools', () => ({ segmentation: {} }));
vi.mock('@cornerstonejs/core', () => ({}));

const source = (segment: number): StoredSource => ({
  kind: 'stored',
  key: storedKey('1.2.3', segment),
  label: 'Skull',
  segment,
  isResult: false,
  instance: { studyInstanceUID: '1', seriesInstanceUID: '1.2', sopInstanceUID: '1.2.3' },
});

function reader() {
  const retrieve = vi.fn(async () => file.slice(0));
  return { retrieve, skulls: new SkullReader({ retrieve, store: async () => undefined }) };
}

it('reads a stored skull once for all who want it', async () => {
  const { skulls, retrieve } = reader();
  const [first, second] = await Promise.all([1, 1].map((n) => skulls.read(source(n), series)));
  expect(second).toBe(first);
  expect(await skulls.read(source(1), series)).toBe(first);
  expect(retrieve).toHaveBeenCalledTimes(1);
  expect(first.grid).toEqual(series.grid);

  // On another CT, or another segment, it is another skull.
  await skulls.read(source(1), { ...series, seriesInstanceUID: '9.9' });
  await skulls.read(source(2), series);
  expect(retrieve).toHaveBeenCalledTimes(3);

  skulls.forget();
  await skulls.read(source(2), series);
  expect(retrieve).toHaveBeenCalledTimes(4);
});

it('tries again what failed', async () => {
  const { skulls, retrieve } = reader();
  retrieve.mockRejectedValueOnce(new Error('The PACS is away.'));
  await expect(skulls.read(source(1), series)).rejects.toThrow('away');
  await expect(skulls.read(source(1), series)).resolves.toBeDefined();
});
