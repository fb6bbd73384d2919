import { describe, expect, it } from 'vitest';
import { readCtFiles, type LoadedCt } from '../../../../extension/src/dicom/ct/ctPixels.ts';
import { bestCt, summariseCt } from '../../../../extension/src/dicom/ct/ctSummary.ts';
import { assertRegular } from '../../../../extension/src/dicom/ct/irregularSlices.ts';
import { straightenedSeries } from '../../../../extension/src/dicom/ct/straightenedSeries.ts';
import { items, text, texts } from '../../../../extension/src/dicom/part10/attributes.ts';
import { parsePart10 } from '../../../../extension/src/dicom/part10/part10.ts';
import { gridDistance, type Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { scan, tableSteps, type Scan } from '../../../support/scannedHead.ts';
import { rewrite } from '../rewrite.ts';

const wave = ([x, y, z]: Vec3): number => Math.round(700 * Math.sin(x / 3) + 20 * y - 9 * z);
const waves = (how: Scan) => scan(wave, { pixels: 24, pixel: 1.37, ...how });

/** A straightened CT with the files of its series. */
async function straightened(files: readonly ArrayBuffer[]) {
  const ct = readCtFiles(files);
  const made = await straightenedSeries(ct);
  if (!made) throw new Error('the CT is regular');
  return { ct, series: made.series, files: made.series.slices.map((_, k) => made.file(k)) };
}

const tilted: Scan = { tilt: 12, table: tableSteps(-20, 20, 2) };
const uneven: Scan = { table: [...tableSteps(-20, 0, 2.5), ...tableSteps(5, 20, 5)] };

describe('a straightened CT as a series of its own', () => {
  it.each<[string, Scan]>([
    ['a tilted gantry', tilted],
    ['uneven slices', uneven],
    ['both', { ...uneven, tilt: -25 }],
  ])('has the voxels of the straightened one, regular: %s', async (_, how) => {
    const { ct, series, files } = await straightened(waves(how));
    const read: LoadedCt = readCtFiles(files);
    assertRegular(read.series);
    expect(gridDistance(read.series.grid, ct.series.grid)).toBeLessThan(1e-9);
    expect(read.volume.data).toEqual(ct.volume.data);
    expect(read.series).toMatchObject({
      studyInstanceUID: ct.series.studyInstanceUID,
      frameOfReferenceUID: ct.series.frameOfReferenceUID,
      seriesInstanceUID: series.seriesInstanceUID,
    });
    expect(series.seriesInstanceUID).not.toBe(ct.series.seriesInstanceUID);
    // What refers to it before it is written finds it after.
    const uids = ({ slices }: LoadedCt['series']) => slices.map((slice) => slice.sopInstanceUID);
    expect(uids(read.series)).toEqual(uids(series));
    expect(gridDistance(read.series.grid, series.grid)).toBe(0);
  });

  it('says what it was made of and how', async () => {
    const { ct, files } = await straightened(waves(uneven));
    const [first, second] = files.map((file) => parsePart10(file).dataset);
    expect(texts(first, 'ImageType')).toEqual(['DERIVED', 'SECONDARY', 'AXIAL']);
    expect(first).toMatchObject({
      Modality: 'CT',
      SeriesDescription: 'Straightened',
      PatientID: 'PHANTOM',
      RescaleType: 'HU',
      SliceThickness: 2.5,
    });
    expect(text(first, 'DerivationDescription')).toMatch(
      /2\.50 to 5\.00 mm apart: they were interpolated to 2\.50 mm.*Research use only/,
    );
    expect(items(first, 'DerivationCodeSequence')).toMatchObject([{ CodeValue: '113085' }]);
    const { slices } = ct.series;
    const sources = (dataset: typeof first) =>
      items(dataset, 'SourceImageSequence').map((one) => text(one, 'ReferencedSOPInstanceUID'));
    expect(sources(first)).toEqual([slices[0].sopInstanceUID]);
    expect(sources(second)).toEqual([slices[1].sopInstanceUID]);
    // Halfway between two slices of 5 mm.
    const between = files.map((file) => parsePart10(file).dataset)[9];
    expect(sources(between)).toEqual([8, 9].map((n) => slices[n].sopInstanceUID));
    expect(
      new Set(files.map((file) => text(parsePart10(file).dataset, 'SOPInstanceUID'))).size,
    ).toBe(files.length);
  });

  it('keeps what the CT says of kernel, windows, contrast, loss and scanner', async () => {
    const files = waves(tilted).map((file) =>
      rewrite(file, ({ dataset }) => {
        Object.assign(dataset, {
          SeriesDescription: 'Head, bone',
          ConvolutionKernel: 'Hr68s',
          WindowCenter: [40, 400],
          WindowWidth: [80, 4000],
          ContrastBolusAgent: 'None',
          LossyImageCompression: '01',
          LossyImageCompressionRatio: [10.5],
          LossyImageCompressionMethod: 'ISO_15444_1',
          PatientPosition: 'HFS',
          KVP: 120,
          GantryDetectorTilt: 12,
          Manufacturer: 'Maker',
          StationName: 'CT1',
        });
      }),
    );
    const { files: made } = await straightened(files);
    const { dataset } = parsePart10(made[3]);
    expect(dataset).toMatchObject({
      SeriesDescription: 'Head, bone, straightened',
      ConvolutionKernel: 'Hr68s',
      WindowCenter: [40, 400],
      WindowWidth: [80, 4000],
      ContrastBolusAgent: 'None',
      LossyImageCompression: '01',
      LossyImageCompressionRatio: 10.5,
      LossyImageCompressionMethod: 'ISO_15444_1',
      PatientPosition: 'HFS',
      KVP: 120,
    });
    expect(dataset).not.toHaveProperty('GantryDetectorTilt');
    expect(text(dataset, 'Manufacturer')).toMatch(/cranioplasty/);
    expect(items(dataset, 'ContributingEquipmentSequence')).toMatchObject([
      { Manufacturer: 'Maker', StationName: 'CT1' },
    ]);
  });

  it('is the same, byte by byte, whoever makes it, and another one of another CT', async () => {
    const [one, again, other] = await Promise.all(
      [tilted, tilted, { ...tilted, tilt: 13 }].map((how) => straightened(waves(how))),
    );
    // In whatever order the slices come.
    const turned = await straightened(waves(tilted).reverse());
    expect(again.files).toEqual(one.files);
    expect(turned.files).toEqual(one.files);
    expect(other.series.seriesInstanceUID).not.toBe(one.series.seriesInstanceUID);
  });

  it('is what the viewer works on, not the CT that it was made of', async () => {
    const files = waves({ ...tilted, table: tableSteps(-60, 60, 2) });
    const { files: made } = await straightened(files);
    const summaries = [files, made].map((all) =>
      summariseCt(all.map((file) => parsePart10(file).dataset)),
    );
    expect(summaries.map(({ problem }) => problem !== undefined)).toEqual([true, false]);
    expect(summaries[1].axial).toBe(true);
    expect(bestCt(summaries)).toBe(1);
  });

  it('is none of a CT that is regular', async () => {
    expect(await straightenedSeries(readCtFiles(waves({ table: tableSteps(0, 20, 2) })))).toBe(
      undefined,
    );
  });
});
