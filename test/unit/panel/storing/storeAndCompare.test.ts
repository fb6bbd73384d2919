import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import {
  objectsOfResult,
  type ObjectToStore,
} from '../../../../extension/src/services/storing/objectsOfResult.ts';
import { storeAndCompare } from '../../../../extension/src/services/storing/storeAndCompare.ts';
import { WrittenObjects } from '../../../../extension/src/services/storing/WrittenObjects.ts';
import { initialStudyState } from '../../../../extension/src/state/studyState.ts';
import { FakePacs } from '../fakeViewer.ts';
import { designedResult, masksOf } from './results.ts';

const noWait = () => Promise.resolve();
const objects = (): Promise<ObjectToStore[]> => {
  const result = designedResult();
  return objectsOfResult(new WrittenObjects(), '1', result, initialStudyState, masksOf(result));
};
let pacs: FakePacs;
beforeEach(() => {
  pacs = new FakePacs();
});

describe.each([
  ['segmentation', 0],
  ['solid', 1],
  ['report', 2],
] as const)('storing a %s', async (kind, n) => {
  const object = (await objects())[n];
  const notVerified = { code: 'save-not-verified', message: expect.stringContaining(object.name) };

  it('is stored once the same object came back', async () => {
    expect(object.kind).toBe(kind);
    const dataset = await storeAndCompare(object, pacs, noWait);
    expect(pacs.objects).toHaveLength(1);
    expect(dataset['SOPInstanceUID']).toBe(object.reference.sopInstanceUID);
    expect(dataset['PixelData'] ?? dataset['EncapsulatedDocument']).toBeUndefined();
  });

  it('waits for an archive that indexes late', async () => {
    pacs.lateBy = 2;
    const wait = vi.fn(noWait);
    await expect(storeAndCompare(object, pacs, wait)).resolves.toBeDefined();
    expect(wait).toHaveBeenCalledTimes(2);
  });

  it('is not stored if the object never comes back', async () => {
    pacs.lateBy = 99;
    await expect(storeAndCompare(object, pacs, noWait)).rejects.toMatchObject(notVerified);
  });

  it('is not stored if another object comes back', async () => {
    const [another] = (await objects()).slice(n);
    pacs.spoil = () => another.file;
    await expect(storeAndCompare(object, pacs, noWait)).rejects.toMatchObject(notVerified);
  });

  it('is not stored if something else or garbage comes back', async () => {
    const others = await objects();
    pacs.spoil = () => others[(n + 1) % 3].file;
    await expect(storeAndCompare(object, pacs, noWait)).rejects.toMatchObject(notVerified);
    pacs.spoil = () => new ArrayBuffer(64);
    await expect(storeAndCompare(object, pacs, noWait)).rejects.toMatchObject(notVerified);
  });

  it('passes the refusal of the PACS on and reads nothing back', async () => {
    pacs.refuse = new CranioplastyError('pacs-refused', 'HTTP 409');
    const retrieve = vi.spyOn(pacs, 'retrieve');
    await expect(storeAndCompare(object, pacs, noWait)).rejects.toMatchObject({
      code: 'pacs-refused',
    });
    expect(retrieve).not.toHaveBeenCalled();
  });
});

describe('what came back changed', () => {
  /** One byte of a file flipped, `after` so many bytes from where some text begins, or from its end. */
  const flip = (after: number, text?: string) => (stored: ArrayBuffer) => {
    const bytes = new Uint8Array(stored);
    const start = text === undefined ? bytes.length : Buffer.from(bytes).indexOf(text);
    bytes[start + after] ^= 0x01;
    return bytes.buffer;
  };

  it.each<[string, number, (stored: ArrayBuffer) => ArrayBuffer]>([
    // The file ends with the packed voxels and at most one byte of padding.
    ['a voxel of the segmentation', 0, flip(-2)],
    [
      'a coordinate of the STL',
      1,
      flip(100, 'Research use only, not a medical device. Implant, mm'),
    ],
    ['a number of the report', 2, flip(9, '"extent":60')],
  ])('%s: it is not stored', async (_, n, spoil) => {
    pacs.spoil = spoil;
    await expect(storeAndCompare((await objects())[n], pacs, noWait)).rejects.toMatchObject({
      code: 'save-not-verified',
    });
  });
});
