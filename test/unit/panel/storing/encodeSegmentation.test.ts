import { beforeEach, describe, expect, it } from 'vitest';
import { items, text } from '../../../../extension/src/dicom/part10/attributes.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { encodeSegmentation } from '../../../../extension/src/services/storing/encodeSegmentation.ts';
import type { StudyResult } from '../../../../extension/src/state/studyState.ts';
import { maskOnCt } from '../fakeViewer.ts';
import { masksOf, result } from './results.ts';

let file: ArrayBuffer;
beforeEach(() => {
  file = encodeSegmentation(result(), masksOf(result()));
});

describe('encodeSegmentation', () => {
  it('keeps both shapes whole where they overlap', () => {
    const { segments } = readSegmentation(file);
    expect(segments.map(({ label }) => label)).toEqual(['Skull patch', 'Implant']);
    const set = segments.map((segment) => segment.mask().data.filter((v) => v !== 0).length);
    expect(set).toEqual([3, 2]);
  });

  it('names the model and calls an edited shape semi-automatic', () => {
    const given = result();
    const edited = { ...masksOf(given), implant: maskOnCt(6, 18, 30) };
    const { segments } = readSegmentation(encodeSegmentation(given, edited));
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
      const { dataset, segments } = readSegmentation(encodeSegmentation(given, masksOf(given)));
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
      encodeSegmentation(given, { ...masksOf(given), implant: maskOnCt() }),
    );
    expect(segments.map(({ label }) => label)).toEqual(['Skull patch']);
  });

  it('refuses to write nothing', () => {
    const empty = { patch: maskOnCt(), implant: maskOnCt() };
    expect(() => encodeSegmentation(result(), empty)).toThrow(/reconstruct first/);
  });
});
