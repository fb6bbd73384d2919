import { describe, expect, it } from 'vitest';
import { readCtFiles } from '../../../../extension/src/dicom/ct/ctPixels.ts';
import { ctFiles } from '../../../../scripts/ct-files.ts';
import { asymmetricCt, phantomCases, phantomIdentity } from '../../../conformance/phantom.ts';
import { parsePart10 } from '../../../../extension/src/dicom/part10/part10.ts';
import { sopClass } from '../../../../extension/src/dicom/part10/sopClasses.ts';
import { join, rewrite, type Contents } from '../rewrite.ts';

const { grid } = phantomCases[0];
const files = ctFiles(asymmetricCt(grid), phantomIdentity);
const changed = (change: (contents: Contents) => void) => files.map((f) => rewrite(f, change));

describe('readCtFiles', () => {
  it('reads files held in pooled Node buffers', () => {
    const pooled = files.map((file) => {
      const pool = Buffer.alloc(file.byteLength + 7);
      pool.set(new Uint8Array(file), 7);
      return pool.subarray(7);
    });
    expect(readCtFiles(pooled).volume.data).toEqual(asymmetricCt(grid).data);
  });

  it('reads signed values and applies slope and intercept', () => {
    const signed = changed(({ dataset, pixels }) => {
      const values = new Int16Array(pixels[0].buffer);
      values.forEach((v, i) => (values[i] = v - 1024));
      Object.assign(dataset, { PixelRepresentation: 1, RescaleIntercept: 3, RescaleSlope: 0.5 });
    });
    const expected = asymmetricCt(grid).data.map((hu) => Math.round(hu * 0.5 + 3));
    expect(readCtFiles(signed).volume.data).toEqual(expected);
  });

  it('ignores bits above BitsStored', () => {
    const twelve = changed(({ dataset, pixels }) => {
      const values = new Uint16Array(pixels[0].buffer);
      values.forEach((v, i) => (values[i] = v | 0xf000));
      Object.assign(dataset, { BitsStored: 12, HighBit: 11 });
    });
    expect(readCtFiles(twelve).volume.data).toEqual(asymmetricCt(grid).data);
  });

  it('reads implicit VR', () => {
    const implicit = changed((contents) => {
      contents.syntax = '1.2.840.10008.1.2';
    });
    expect(readCtFiles(implicit).volume.data).toEqual(asymmetricCt(grid).data);
  });

  it('reads a multi-frame CT, frames in any order', () => {
    const order = [3, 0, 8, 1, 7, 2, 6, 4, 5];
    const enhanced = rewrite(files[0], ({ dataset, pixels }) => {
      const parsed = order.map((k) => parsePart10(files[k]));
      pixels.splice(0, 1, join(parsed.map((file) => file.pixelData[0])));
      const { ImageOrientationPatient, PixelSpacing } = dataset;
      for (const name of ['ImagePositionPatient', 'ImageOrientationPatient', 'RescaleIntercept']) {
        delete dataset[name];
      }
      Object.assign(dataset, {
        SOPClassUID: sopClass.enhancedCt,
        NumberOfFrames: order.length,
        SharedFunctionalGroupsSequence: [
          {
            PixelMeasuresSequence: [{ PixelSpacing }],
            PlaneOrientationSequence: [{ ImageOrientationPatient }],
            PixelValueTransformationSequence: [{ RescaleIntercept: -1024, RescaleSlope: 1 }],
          },
        ],
        PerFrameFunctionalGroupsSequence: parsed.map((file) => ({
          PlanePositionSequence: [{ ImagePositionPatient: file.dataset['ImagePositionPatient'] }],
        })),
      });
    });
    const { series, volume } = readCtFiles([enhanced]);
    expect(volume.data).toEqual(asymmetricCt(grid).data);
    expect(series.slices.map((slice) => slice.frameNumber)).toEqual([2, 4, 6, 1, 8, 9, 7, 5, 3]);
  });

  const paddings: [string, Record<string, unknown>, number][] = [
    ['above all bone', { PixelPaddingValue: 63536 }, 63536],
    ['a range', { PixelPaddingValue: 60000, PixelPaddingRangeLimit: 65000 }, 61234],
    ['a range the other way round', { PixelPaddingValue: 65000, PixelPaddingRangeLimit: 60000 }, 61234], // prettier-ignore
    ['a negative value of unsigned pixels', { PixelPaddingValue: -2000 }, 63536],
    ['bits above those stored', { PixelPaddingValue: 63536, BitsStored: 12, HighBit: 11 }, 63536],
    [
      'a value that is unsigned though the pixels are not',
      { PixelPaddingValue: 63536, PixelRepresentation: 1, RescaleSlope: -2 },
      63536,
    ],
  ];
  it.each(paddings)('takes padding for air: %s', (_, attributes, value) => {
    const padded = changed(({ dataset, pixels }) => {
      new Uint16Array(pixels[0].buffer)[5] = value;
      Object.assign(dataset, attributes);
    });
    const { data } = readCtFiles(padded).volume;
    expect(data[5]).toBe(-1024);
    if (!('RescaleSlope' in attributes)) expect(data[6]).toBe(asymmetricCt(grid).data[6]);
  });

  it('refuses compressed images and says how to decompress them', () => {
    const compressed = changed((contents) => {
      contents.syntax = '1.2.840.10008.1.2.4.70';
    });
    expect(() => readCtFiles(compressed)).toThrow(
      /compressed.*1.2.840.10008.1.2.4.70.*decompress it first/,
    );
  });

  it('refuses a slice that is cut short', () => {
    const short = changed((contents) => {
      contents.pixels = [contents.pixels[0].subarray(0, 100)];
    });
    expect(() => readCtFiles(short)).toThrow(/cut short/);
  });

  it('refuses a file that is not DICOM', () => {
    expect(() => readCtFiles([new Uint8Array(1000)])).toThrow(/not DICOM or is damaged/);
  });
});
