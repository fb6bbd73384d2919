import { describe, expect, it } from 'vitest';
import type { NaturalDataset } from '../../../extension/src/dicom/part10/attributes.ts';
import { sopClass } from '../../../extension/src/dicom/part10/sopClasses.ts';
import type { DisplaySet } from '../../../extension/src/types/ohif.ts';
import {
  storedCandidates,
  storedObjects,
} from '../../../extension/src/viewer/segments/storedSkulls.ts';

const ct: DisplaySet = {
  displaySetInstanceUID: 'ct',
  StudyInstanceUID: '1',
  SeriesInstanceUID: '1.1',
  Modality: 'CT',
  instances: [{ FrameOfReferenceUID: '1.9' }],
};

/** Metadata of a SEG object that names no series that it refers to. */
const segmentation = (uid: string, changes: NaturalDataset = {}): NaturalDataset => ({
  SOPClassUID: sopClass.segmentation,
  SOPInstanceUID: uid,
  StudyInstanceUID: '1',
  SeriesInstanceUID: '1.2',
  SeriesDescription: 'Skull',
  FrameOfReferenceUID: '1.9',
  SegmentSequence: [{ SegmentNumber: 1, SegmentLabel: 'Bone' }],
  ...changes,
});

const labels = (displaySets: DisplaySet[], instances: NaturalDataset[]) =>
  storedObjects(displaySets, instances)
    .flatMap((object) => storedCandidates(object, ct))
    .map(({ source: { label } }) => label);

describe('SEG objects of a study', () => {
  it('are listed without a display set, by their frame of reference', () => {
    const others = [{ SOPClassUID: sopClass.ct, SOPInstanceUID: '3' }];
    expect(labels([], [...others, segmentation('2')])).toEqual(['Bone – Skull']);
    const foreign = segmentation('2', { FrameOfReferenceUID: '1.8' });
    expect(labels([], [foreign])).toEqual(['Bone – Skull (other frame of reference)']);
    const unnamed = segmentation('2', { SeriesDescription: '', SeriesNumber: 7 });
    expect(labels([], [unnamed])).toEqual(['Bone – Series 7']);
  });

  it('are listed once, as the viewer calls them where it shows them', () => {
    const shown: DisplaySet = {
      ...ct,
      displaySetInstanceUID: 'seg',
      Modality: 'SEG',
      SeriesDescription: 'As shown',
      instance: segmentation('2'),
    };
    const found = labels([shown], [segmentation('2'), segmentation('4')]);
    expect(found).toEqual(['Bone – As shown', 'Bone – Skull']);
  });

  it('that name this CT, or none, are likelier the skull than those of another series', () => {
    const of = (series: string) => ({ ReferencedSeriesSequence: [{ SeriesInstanceUID: series }] });
    const instances = [
      segmentation('2', of('1.7')),
      segmentation('3', of('1.1')),
      segmentation('4'),
      segmentation('5', { ...of('1.7'), FrameOfReferenceUID: '1.8' }),
    ];
    const [other, own, unsaid, foreign] = storedObjects([], instances)
      .flatMap((object) => storedCandidates(object, ct))
      .map(({ likelihood }) => likelihood);
    expect(own).toBe(unsaid);
    expect(own).toBeGreaterThan(other);
    expect(other).toBeGreaterThan(foreign);
  });

  it('are fetched by their own UIDs', () => {
    const [object] = storedObjects([], [segmentation('2')]);
    expect(storedCandidates(object, ct)[0].source).toMatchObject({
      kind: 'stored',
      instance: { studyInstanceUID: '1', seriesInstanceUID: '1.2', sopInstanceUID: '2' },
    });
    expect(storedCandidates({ ...object, instance: {} }, ct)).toEqual([]);
  });
});
