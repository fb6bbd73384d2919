import { describe, expect, it } from 'vitest';
import { readCtSeries } from '../../../../extension/src/dicom/ct/ctSeries.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { gridDistance, type Grid } from '../../../../extension/src/engine/space/grid.ts';
import { ctSliceDataset } from '../../../../scripts/ct-files.ts';
import { asymmetricCt, phantomCases, phantomIdentity } from '../../../conformance/phantom.ts';

type Instance = Record<string, unknown>;

function instancesOf(grid: Grid): Instance[] {
  const volume = asymmetricCt(grid);
  return Array.from({ length: grid.size[2] }, (_, k) => ctSliceDataset(volume, k, phantomIdentity));
}

const [ascending, descending] = phantomCases;

function failure(instances: Instance[]): CranioplastyError {
  try {
    readCtSeries(instances);
  } catch (error) {
    if (error instanceof CranioplastyError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readCtSeries', () => {
  it.each(phantomCases)('finds the grid of a CT, $name', ({ grid }) => {
    const { grid: found, slices } = readCtSeries(instancesOf(grid).reverse());
    const last = grid.size[2] - 1;
    const flipped: Grid = {
      ...grid,
      origin: slices[0].plane.position,
      axes: [grid.axes[0], grid.axes[1], grid.axes[2].map((v) => -v) as unknown as Grid['origin']],
    };
    const sameDirection = slices[0].sopInstanceUID === phantomIdentity.sopInstanceUID(0);
    expect(gridDistance(found, sameDirection ? grid : flipped)).toBeLessThan(1e-6);
    expect(slices[last].sopInstanceUID).toBe(
      phantomIdentity.sopInstanceUID(sameDirection ? last : 0),
    );
  });

  it('gives the same series for any order of the instances', () => {
    const instances = instancesOf(descending.grid);
    const mixed = [4, 0, 8, 2, 6, 1, 3, 5, 7].map((k) => instances[k]);
    expect(readCtSeries(mixed)).toEqual(readCtSeries(instances));
  });

  it('reads positions, orientations and spacings given as strings', () => {
    const strings = instancesOf(ascending.grid).map((instance) => ({
      ...instance,
      ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
      PixelSpacing: ['0.9', '0.9 '],
      ImagePositionPatient: (instance['ImagePositionPatient'] as string[]).join('\\'),
    }));
    expect(gridDistance(readCtSeries(strings).grid, ascending.grid)).toBeLessThan(1e-6);
  });

  it('leaves localizers out', () => {
    const [first, ...rest] = instancesOf(ascending.grid);
    const scout = {
      ...first,
      ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'],
      ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
    };
    expect(readCtSeries([scout, first, ...rest]).slices).toHaveLength(9);
  });

  it('reads a multi-frame CT', () => {
    const single = instancesOf(ascending.grid);
    const { ImagePositionPatient: _, ...shared } = single[0];
    const enhanced = {
      ...shared,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
      NumberOfFrames: '9',
      SharedFunctionalGroupsSequence: {
        PixelMeasuresSequence: [{ PixelSpacing: [0.9, 0.9] }],
        PlaneOrientationSequence: { ImageOrientationPatient: [1, 0, 0, 0, 1, 0] },
        PixelValueTransformationSequence: [{ RescaleSlope: 2, RescaleIntercept: -5 }],
      },
      PerFrameFunctionalGroupsSequence: [8, 7, 6, 5, 4, 3, 2, 1, 0].map((k) => ({
        PlanePositionSequence: [{ ImagePositionPatient: single[k]['ImagePositionPatient'] }],
      })),
    };
    const series = readCtSeries([enhanced]);
    expect(gridDistance(series.grid, ascending.grid)).toBeLessThan(1e-6);
    expect(series.slices.map((slice) => slice.frameNumber)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(series.slices[0].rescale).toEqual({ slope: 2, intercept: -5 });
  });

  it('refuses a study without CT', () => {
    expect(failure([])).toMatchObject({
      code: 'no-ct',
      message: 'There is no CT series here: open a study with a head CT.',
    });
  });

  it('refuses MR', () => {
    const mr = instancesOf(ascending.grid).map((instance) => ({ ...instance, Modality: 'MR' }));
    expect(failure(mr)).toMatchObject({
      code: 'wrong-modality',
      message: 'The series is MR, not CT: choose a head CT series.',
    });
  });

  it('refuses a missing slice and says where', () => {
    const error = failure(instancesOf(ascending.grid).filter((_, k) => k !== 4));
    expect(error.code).toBe('bad-ct-geometry');
    expect(error.message).toBe(
      'The CT lacks a slice (after image 4, position -101.3, -73.5, 26.6 mm): send the whole series again.',
    );
  });

  const at = (instances: Instance[], places: readonly number[], thickness: readonly number[]) =>
    places.map((z, k) => ({
      ...instances[0],
      SOPInstanceUID: `2.25.${k + 1}`,
      InstanceNumber: k + 1,
      ImagePositionPatient: [0, 0, z],
      SliceThickness: thickness[k],
    }));

  it('calls thin slices at the base and thick ones above uneven, not incomplete', () => {
    const base = [0, 4, 8, 12, 16, 20, 24, 28];
    for (const step of [7, 8, 12]) {
      const above = [1, 2, 3, 4].map((n) => 28 + n * step);
      const thickness = [...base.map(() => 4), ...above.map(() => step)];
      const places = [...base, ...above];
      const { grid, irregular } = readCtSeries(at(instancesOf(ascending.grid), places, thickness));
      expect(irregular?.notes).toHaveLength(1);
      expect(irregular?.distances).toEqual([4, step]);
      expect(grid.spacing[2]).toBe(4);
      expect(grid.size[2]).toBe(8 + step);
    }
    const overlapping = [0, 1, 2, 3, 5, 6, 7, 8];
    const { message } = failure(
      at(
        instancesOf(ascending.grid),
        overlapping,
        overlapping.map(() => 1.5),
      ),
    );
    expect(message).toMatch(/lacks a slice \(after image 4, /);
  });

  it('counts copies of an image once', () => {
    const instances = instancesOf(ascending.grid);
    const { slices } = readCtSeries([...instances, ...instances.map((i) => ({ ...i }))]);
    expect(slices).toHaveLength(9);
  });

  it('leaves out dose sheets and screen shots', () => {
    const instances = instancesOf(ascending.grid);
    const lost = { ImagePositionPatient: undefined, FrameOfReferenceUID: undefined };
    const sheet = { ...instances[0], ...lost, SOPInstanceUID: '2.25.77' };
    const secondary = { ...sheet, SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' };
    const shot = { ...sheet, ImageType: ['DERIVED', 'SECONDARY', 'SCREEN SAVE'] };
    expect(readCtSeries([secondary, ...instances, shot]).slices).toHaveLength(9);
    expect(failure([...instances, sheet]).message).toMatch(/more than one frame of reference/);
  });

  const broken: [string, (instance: Instance, k: number) => Instance, RegExp][] = [
    [
      'two slices at one position',
      (i, k) => ({ ...i, ImagePositionPatient: [0, 0, (k === 4 ? 3 : k) * 1.5] }),
      /same position \(image 4 and image 5\)/,
    ],
    [
      'mixed orientation',
      (i, k) => (k === 4 ? { ...i, ImageOrientationPatient: [1, 0, 0, 0, 0, -1] } : i),
      /orientation or pixel spacing/,
    ],
    [
      'mixed pixel spacing',
      (i, k) => (k === 4 ? { ...i, PixelSpacing: [0.8, 0.8] } : i),
      /orientation or pixel spacing/,
    ],
    ['mixed matrix', (i, k) => (k === 4 ? { ...i, Rows: 12 } : i), /more than one matrix height/],
    [
      'two series',
      (i, k) => (k === 4 ? { ...i, SeriesInstanceUID: '2.25.9' } : i),
      /more than one series/,
    ],
    [
      'no position',
      (i, k) => (k === 4 ? { ...i, ImagePositionPatient: undefined } : i),
      /lacks a valid position/,
    ],
    [
      'a sheared orientation',
      (i) => ({ ...i, ImageOrientationPatient: [1, 0, 0, 0.2, 0.98, 0] }),
      /lacks a valid position/,
    ],
  ];
  it.each(broken)('refuses %s', (_, change, message) => {
    const error = failure(instancesOf(ascending.grid).map(change));
    expect(error.code).toBe('bad-ct-geometry');
    expect(error.message).toMatch(message);
  });

  it('accepts positions rounded to few digits', () => {
    const rounded = instancesOf(phantomCases[2].grid).map((instance) => ({
      ...instance,
      ImagePositionPatient: (instance['ImagePositionPatient'] as string[]).map((v) =>
        Number(v).toFixed(2),
      ),
    }));
    expect(gridDistance(readCtSeries(rounded).grid, phantomCases[2].grid)).toBeLessThan(0.05);
  });
});
