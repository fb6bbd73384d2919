import { describe, expect, it } from 'vitest';
import { compareSegmentations } from '../../../../extension/src/dicom/segmentation/compareSegmentations.ts';
import { parsePart10 } from '../../../../extension/src/dicom/part10/part10.ts';
import { product } from '../../../../extension/src/dicom/product.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import {
  writeSegmentation,
  type SegmentToWrite,
  type WriteOptions,
} from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import extensionPackage from '../../../../extension/package.json' with { type: 'json' };
import {
  phantomCases,
  phantomCt,
  phantomSegments,
  uidSource,
} from '../../../conformance/phantom.ts';
import { binaryFrames, packFrames, rewrite } from '../rewrite.ts';

const { series } = phantomCt(phantomCases[0].grid);
const segments = phantomSegments(series.grid);
const options: WriteOptions = {
  seriesDescription: 'Cranioplasty',
  newUid: uidSource(5),
  now: new Date('2026-01-02T03:04:05Z'),
};
const write = (changed: readonly SegmentToWrite[] = segments) =>
  writeSegmentation(changed, { ct: series }, { ...options, newUid: uidSource(5) });

describe('writeSegmentation', () => {
  const { dataset } = parsePart10(write());

  it('takes patient, study and frame of reference from the CT', () => {
    expect(JSON.parse(JSON.stringify(dataset['PatientName']))).toEqual([
      { Alphabetic: 'Phantom^Test' },
    ]);
    expect(dataset).toMatchObject({
      PatientID: 'PHANTOM',
      StudyInstanceUID: series.studyInstanceUID,
      FrameOfReferenceUID: series.frameOfReferenceUID,
      Modality: 'SEG',
      ContentDate: '20260102',
      ContentTime: '030405',
    });
  });

  it('keeps names that are not ASCII', () => {
    const named = {
      ...series,
      slices: series.slices.map((slice) => ({
        ...slice,
        instance: { ...slice.instance, PatientName: [{ Alphabetic: 'Müller^Jürgen' }] },
      })),
    };
    const file = parsePart10(writeSegmentation(segments, { ct: named }, options));
    expect(JSON.stringify(file.dataset['PatientName'])).toContain('Müller^Jürgen');
  });

  it('says that it is for research only', () => {
    expect(dataset['ContentDescription']).toBe('Research use only, not a medical device');
    const [patch] = dataset['SegmentSequence'] as Record<string, unknown>[];
    expect(patch['SegmentDescription']).toMatch(/reconstructed\. Research use only/);
  });

  it('states the version of the package', () => {
    expect(product.version).toBe(extensionPackage.version);
  });

  it('leaves empty slices out and numbers positions over the whole grid', () => {
    const frames = dataset['PerFrameFunctionalGroupsSequence'] as Record<
      string,
      Record<string, unknown>[]
    >[];
    expect(frames.map((f) => f['FrameContentSequence'][0]['DimensionIndexValues'])).toEqual(
      [1, 2].flatMap((segment) => [1, 2, 3, 5, 7, 8, 9].map((position) => [segment, position])),
    );
  });

  it('refers each frame to the CT slice at its position', () => {
    const frames = dataset['PerFrameFunctionalGroupsSequence'] as Record<
      string,
      Record<string, unknown>[]
    >[];
    for (const frame of frames) {
      const source = (
        frame['DerivationImageSequence'][0]['SourceImageSequence'] as Record<string, unknown>[]
      )[0];
      const slice = series.slices.find(
        (s) => s.sopInstanceUID === source['ReferencedSOPInstanceUID'],
      );
      expect(frame['PlanePositionSequence'][0]['ImagePositionPatient']).toEqual(
        slice?.plane.position,
      );
    }
  });

  it('writes from a segmentation alone, when the CT is not at hand', () => {
    const source = readSegmentation(write());
    const file = writeSegmentation(
      [{ ...segments[0], mask: source.segments[0].mask() }],
      { instance: source.dataset },
      options,
    );
    const read = readSegmentation(file, { onto: series });
    expect(read.referencedSeriesInstanceUID).toBe(series.seriesInstanceUID);
    expect(read.segments[0].mask().data).toEqual(segments[0].mask.data);
  });

  const refused: [string, readonly SegmentToWrite[], RegExp][] = [
    ['nothing', [], /no segment to save/],
    [
      'an empty segment',
      [segments[0], { ...segments[1], mask: emptyMask(series.grid) }],
      /"Implant" is empty/,
    ],
    ['a label that is too long', [{ ...segments[0], label: 'x'.repeat(65) }], /1 to 64 characters/],
    [
      'a mask beside the CT',
      [
        {
          ...segments[0],
          mask: {
            ...segments[0].mask,
            grid: { ...series.grid, origin: series.grid.origin.map((v) => v + 1) as never },
          },
        },
      ],
      /do not lie on the voxels of the CT/,
    ],
    [
      'segments of different geometry',
      [
        segments[0],
        {
          ...segments[1],
          mask: emptyMask({ ...series.grid, spacing: [1, 1, 1] }),
        },
      ],
      /another geometry than the first/,
    ],
  ];
  it.each(refused)('refuses %s', (_, changed, message) => {
    expect(() => write(changed)).toThrow(message);
  });

  it('refuses a source without a study', () => {
    const { StudyInstanceUID: _, ...instance } = series.slices[0].instance;
    expect(() => writeSegmentation(segments, { instance }, options)).toThrow(/StudyInstanceUID/);
  });
});

describe('compareSegmentations', () => {
  const file = write();

  it('calls a file identical to itself in another encoding and frame order', () => {
    const other = rewrite(file, (contents) => {
      const frames = binaryFrames(contents);
      contents.pixels = [packFrames([...frames].reverse())];
      contents.dataset.PerFrameFunctionalGroupsSequence.reverse();
      contents.syntax = '1.2.840.10008.1.2';
    });
    expect(compareSegmentations(file, other)).toEqual({ identical: true });
    expect(compareSegmentations(other, file)).toEqual({ identical: true });
  });

  it('finds a single changed voxel', () => {
    const other = rewrite(file, ({ pixels }) => {
      pixels[0][3] ^= 4;
    });
    expect(compareSegmentations(file, other)).toEqual({
      identical: false,
      difference: 'Segment 1 (Skull patch) differs in 1 voxels.',
    });
  });

  it('finds frames that moved', () => {
    const other = rewrite(file, ({ dataset }) => {
      const [a, b] = dataset.PerFrameFunctionalGroupsSequence;
      [a['PlanePositionSequence'], b['PlanePositionSequence']] = [
        b['PlanePositionSequence'],
        a['PlanePositionSequence'],
      ];
    });
    expect(compareSegmentations(file, other).identical).toBe(false);
  });

  it('finds frames beside the grid and beyond it', () => {
    for (const shift of [0.4, 45]) {
      const other = rewrite(file, ({ dataset }) => {
        for (const groups of dataset.PerFrameFunctionalGroupsSequence) {
          const [position] = groups['PlanePositionSequence'];
          const [x, y, z] = position['ImagePositionPatient'] as number[];
          position['ImagePositionPatient'] = [x, y, z + shift];
        }
      });
      expect(compareSegmentations(file, other).identical).toBe(false);
    }
  });

  it('finds another object or a lost segment', () => {
    const other = rewrite(file, ({ dataset }) => {
      dataset['SOPInstanceUID'] = '2.25.8';
    });
    expect(compareSegmentations(file, other)).toMatchObject({ identical: false });
    const lost = rewrite(file, (contents) => {
      const { dataset } = contents;
      contents.pixels = [packFrames(binaryFrames(contents).slice(0, 7))];
      dataset.SegmentSequence.pop();
      dataset.PerFrameFunctionalGroupsSequence.splice(7);
      dataset['NumberOfFrames'] = 7;
    });
    expect(compareSegmentations(file, lost)).toEqual({
      identical: false,
      difference: 'It has 1 segments instead of 2.',
    });
  });
});
