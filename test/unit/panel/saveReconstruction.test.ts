import { beforeEach, describe, expect, it, vi } from 'vitest';
import { items, text } from '../../../extension/src/dicom/part10/attributes.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { readCtSeries } from '../../../extension/src/dicom/ct/ctSeries.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { encodeResult } from '../../../extension/src/services/encodeResult.ts';
import { unedited } from '../../../extension/src/services/shapes/resultParts.ts';
import { saveReconstruction } from '../../../extension/src/services/saveReconstruction.ts';
import type { StudyResult } from '../../../extension/src/state/studyState.ts';
import { ctInstances, FakePacs, maskOnCt, reconstructionOnCt } from './fakeViewer.ts';

function result(): StudyResult {
  const reconstruction = reconstructionOnCt();
  return {
    ...unedited(reconstruction),
    ct: { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4', label: 'Head' },
    series: readCtSeries(ctInstances()),
    skullSource: {
      kind: 'loaded',
      key: 'loaded:1:1',
      label: 'Skull',
      segment: 1,
      isResult: false,
      segmentationId: '1',
    },
    modelFolder: 'lite',
    elapsed: 1,
    segmentationIds: {},
  };
}

const masksOf = ({ shapes: { patch, implant } }: StudyResult) => ({
  patch: patch.mask,
  implant: implant.mask,
});

const noWait = () => Promise.resolve();
let pacs: FakePacs;
let file: ArrayBuffer;
beforeEach(() => {
  pacs = new FakePacs();
  file = encodeResult(result(), masksOf(result()));
});

describe('encodeResult', () => {
  it('keeps both shapes whole where they overlap', () => {
    const { segments } = readSegmentation(file);
    expect(segments.map(({ label }) => label)).toEqual(['Skull patch', 'Implant']);
    const set = segments.map((segment) => segment.mask().data.filter((v) => v !== 0).length);
    expect(set).toEqual([3, 2]);
  });

  it('names the model and calls an edited shape semi-automatic', () => {
    const given = result();
    const edited = { ...masksOf(given), implant: maskOnCt(6, 18, 30) };
    const { segments } = readSegmentation(encodeResult(given, edited));
    expect(segments.map(({ algorithm }) => algorithm.type)).toEqual(['AUTOMATIC', 'SEMIAUTOMATIC']);
    expect(segments[0].algorithm).toMatchObject({
      version: '1',
      parameters: expect.stringContaining('abc'),
    });
    expect(segments[0].algorithm.name).toContain('lite');
  });

  it('says what the licence of the model demands, and nothing of a free one', () => {
    const free = result();
    const { reconstruction } = free;
    const model = {
      ...reconstruction.model,
      name: 'ct-lite',
      licence: 'CC-BY-NC-SA-4.0',
      use: 'non-commercial research use',
    };
    const restricted = { ...free, reconstruction: { ...reconstruction, model } };
    const wordsOf = (given: StudyResult) => {
      const { dataset, segments } = readSegmentation(encodeResult(given, masksOf(given)));
      const [item] = items(dataset, 'SegmentSequence');
      return [
        text(dataset, 'SeriesDescription') ?? '',
        text(item, 'SegmentDescription') ?? '',
        segments[0].algorithm.parameters ?? '',
      ];
    };
    const [series, segment, parameters] = wordsOf(restricted);
    expect(series).toMatch(/^Cranioplasty 20\d\d-\d\d-\d\d \d\d:\d\d, non-commercial research use/);
    expect(segment).toMatch(/ct-lite: CC-BY-NC-SA-4\.0, non-commercial research use\.$/);
    expect(segment).toContain('Research use only');
    expect(segment.length).toBeLessThanOrEqual(1024);
    expect(parameters).toContain('licence: CC-BY-NC-SA-4.0, non-commercial research use');
    for (const words of wordsOf(free)) expect(words).not.toMatch(/non-commercial|licence/);
  });

  it('leaves out a shape that the model did not find', () => {
    const given = result();
    const { segments } = readSegmentation(
      encodeResult(given, { ...masksOf(given), implant: maskOnCt() }),
    );
    expect(segments.map(({ label }) => label)).toEqual(['Skull patch']);
  });

  it('refuses to write nothing', () => {
    const empty = { patch: maskOnCt(), implant: maskOnCt() };
    expect(() => encodeResult(result(), empty)).toThrow(/reconstruct first/);
  });
});

describe('saveReconstruction', () => {
  it('is saved once the same object came back', async () => {
    const { saved, dataset } = await saveReconstruction(file, pacs, noWait);
    expect(pacs.objects).toHaveLength(1);
    expect(dataset['SOPInstanceUID']).toBe(saved.sopInstanceUID);
    expect(dataset['PixelData']).toBeUndefined();
  });

  it('waits for an archive that indexes late', async () => {
    pacs.lateBy = 2;
    const wait = vi.fn(noWait);
    await expect(saveReconstruction(file, pacs, wait)).resolves.toBeDefined();
    expect(wait).toHaveBeenCalledTimes(2);
  });

  it('is not saved if the object never comes back', async () => {
    pacs.lateBy = 99;
    await expect(saveReconstruction(file, pacs, noWait)).rejects.toMatchObject({
      code: 'save-not-verified',
    });
  });

  it('is not saved if another object comes back', async () => {
    const given = result();
    pacs.spoil = () => encodeResult(given, masksOf(given));
    await expect(saveReconstruction(file, pacs, noWait)).rejects.toMatchObject({
      code: 'save-not-verified',
    });
  });

  it('is not saved if a voxel changed', async () => {
    pacs.spoil = (stored) => {
      const bytes = new Uint8Array(stored);
      // The file ends with the packed voxels and at most one byte of padding.
      bytes[bytes.length - 2] ^= 0xff;
      return bytes.buffer;
    };
    await expect(saveReconstruction(file, pacs, noWait)).rejects.toMatchObject({
      code: 'save-not-verified',
    });
  });

  it('is not saved if garbage comes back', async () => {
    pacs.spoil = () => new ArrayBuffer(64);
    await expect(saveReconstruction(file, pacs, noWait)).rejects.toMatchObject({
      code: 'save-not-verified',
    });
  });

  it('passes the refusal of the PACS on and reads nothing back', async () => {
    pacs.refuse = new CranioplastyError('pacs-refused', 'HTTP 409');
    const retrieve = vi.spyOn(pacs, 'retrieve');
    await expect(saveReconstruction(file, pacs, noWait)).rejects.toMatchObject({
      code: 'pacs-refused',
    });
    expect(retrieve).not.toHaveBeenCalled();
  });
});
