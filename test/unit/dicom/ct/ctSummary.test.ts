import { describe, expect, it } from 'vitest';
import {
  bestCt,
  summariseCt,
  isCoarse,
  type CtSummary,
} from '../../../../extension/src/dicom/ct/ctSummary.ts';
import type { NaturalDataset } from '../../../../extension/src/dicom/part10/attributes.ts';

/** Metadata of a CT series of 160 mm. */
function images(spacing: number, more: object = {}): NaturalDataset[] {
  return Array.from({ length: Math.round(160 / spacing) }, (_, k) => ({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    SOPInstanceUID: `1.2.${k}`,
    StudyInstanceUID: '1.2',
    SeriesInstanceUID: '1.2.3',
    FrameOfReferenceUID: '1.2.9',
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    Rows: 4,
    Columns: 4,
    PixelSpacing: [0.5, 0.5],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ImagePositionPatient: [0, 0, k * spacing],
    ...more,
  }));
}

const coronal = {
  ImageOrientationPatient: [1, 0, 0, 0, 0, -1],
  ImageType: ['DERIVED', 'PRIMARY', 'REFORMATTED'],
};
const asCoronal = (spacing: number) =>
  images(spacing, coronal).map((image, k) => ({
    ...image,
    ImagePositionPatient: [0, k * spacing, 0],
  }));

const chosen = (...series: NaturalDataset[][]): number => bestCt(series.map(summariseCt));

describe('the summary of a CT series', () => {
  it('tells thickness, number, extent and kernel', () => {
    expect(
      summariseCt(images(0.5, { SliceThickness: 0.6, ConvolutionKernel: 'Hr68s\\3' })),
    ).toEqual({
      slices: 320,
      thickness: 0.6,
      extent: 160,
      kernel: 'Hr68s',
      bone: true,
      axial: true,
    });
  });

  it('takes the distance of slices that lie farther apart than they are thick', () => {
    expect(summariseCt(images(5, { SliceThickness: '1' })).thickness).toBe(5);
  });

  it('says why a series cannot be used', () => {
    const broken = images(1).filter((_, k) => k !== 80);
    const summary = summariseCt(broken);
    expect(summary.problem).toContain('lacks a slice');
    expect(summariseCt([])).toMatchObject({ slices: 0, problem: expect.any(String) });
  });

  it.each([
    ['BONEPLUS', true],
    ['H60s', true],
    ['J70h', true],
    ['Hr64', true],
    ['FC30', true],
    ['FC81', true],
    ['YB', true],
    ['STANDARD', false],
    ['H31s', false],
    ['J40s', false],
    ['FC68', false],
    ['FC21', false],
    ['UB', false],
  ])('knows whether the kernel %s is for bone', (ConvolutionKernel, bone) => {
    expect(summariseCt(images(5, { ConvolutionKernel })).bone).toBe(bone);
  });

  it('goes by the description where no kernel is named', () => {
    const bone = (SeriesDescription: string) => summariseCt(images(5, { SeriesDescription })).bone;
    expect(bone('Schädel Knochen 1.0')).toBe(true);
    expect(bone('HEAD BONE')).toBe(true);
    expect(bone('Head 5.0 soft')).toBe(false);
  });
});

describe('the series to work on', () => {
  it('is the thinnest', () => {
    expect(chosen(images(10), images(1), images(5))).toBe(1);
  });

  it('is, of equally thin ones, that with the kernel for bone', () => {
    const bone = { ConvolutionKernel: 'BONE' };
    expect(chosen(images(0.8), images(1, bone))).toBe(1);
    // But not at the price of resolution.
    expect(chosen(images(0.8), images(3, bone))).toBe(0);
  });

  it('is no localizer, no reformatted or broken series, and not a part of the head', () => {
    const scout = images(0.5, { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] });
    const part = images(0.5).slice(0, 100);
    const broken = images(0.5).filter((_, k) => k !== 80);
    expect(chosen(scout, asCoronal(0.5), part, broken, images(2))).toBe(4);
  });

  it('is the best of what there is, and none without any', () => {
    expect(chosen(images(1).slice(0, 50))).toBe(0);
    expect(chosen(images(1).filter((_, k) => k !== 80))).toBe(0);
    expect(bestCt([])).toBe(-1);
  });
});

describe('thick slices', () => {
  const of = (thickness?: number): CtSummary => ({
    slices: 9,
    thickness,
    extent: 160,
    bone: false,
    axial: true,
  });
  it('are coarse above 2 mm', () => {
    expect(isCoarse(of(2))).toBe(false);
    expect(isCoarse(of())).toBe(false);
    expect(isCoarse(of(2.5))).toBe(true);
  });
});
