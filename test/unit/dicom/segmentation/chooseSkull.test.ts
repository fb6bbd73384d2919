import { describe, expect, it } from 'vitest';
import {
  chooseSkull,
  readSegmentation,
  readSkull,
} from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { series, segments, file, edited, failure } from './phantomFile.ts';

describe('choosing the skull', () => {
  const skull = writeSegmentation(
    [{ ...segments[0], kind: 'skull', label: 'Skull' }, segments[1]],
    { ct: series },
    { seriesDescription: 'Skull' },
  );

  it('takes the segment that is coded as skull', () => {
    expect(chooseSkull(readSegmentation(skull)).number).toBe(1);
  });

  it('takes the segment of the given number', () => {
    expect(chooseSkull(readSegmentation(skull), 2).label).toBe('Implant');
  });

  it('asks when there is no skull or no such number', () => {
    expect(failure(() => chooseSkull(readSegmentation(file)))).toMatchObject({
      code: 'bad-usage',
      message:
        'The segmentation does not say which segment is the skull: choose one of 1 (Skull patch), 2 (Implant).',
    });
    expect(failure(() => chooseSkull(readSegmentation(file), 7)).message).toMatch(/no segment 7/);
  });

  it('refuses an empty skull', () => {
    const empty = edited((contents) => {
      contents.pixels = [new Uint8Array(contents.pixels[0].length)];
    });
    expect(failure(() => readSkull(readSegmentation(empty).segments[0]))).toMatchObject({
      code: 'empty-skull',
      message: 'The segment "Skull patch" is empty: choose a segment that holds the skull.',
    });
  });
});
