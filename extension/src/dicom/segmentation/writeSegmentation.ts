import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import {
  cross,
  dot,
  gridDistance,
  indexToPatient,
  type Grid,
  type Vec3,
} from '../../engine/space/grid.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { anySet, anyShared } from '../../engine/space/voxels.ts';
import { imagePixels } from '../frames/imagePixels.ts';
import { text, type NaturalDataset } from '../part10/attributes.ts';
import { codeItem } from '../part10/codedConcept.ts';
import { dicomCielab } from './cielab.ts';
import { codes, kindCodes, type SegmentKind } from './codes.ts';
import type { CtSeries } from '../ct/ctSeries.ts';
import {
  algorithmItem,
  dateTime,
  equipment,
  firstInstance,
  instanceItem,
  referencedSeries,
  seriesItems,
  type Algorithm,
  type ObjectSource,
  type ReferencedSeries,
} from '../ct/derivedObject.ts';
import type { CtSlice } from '../ct/ctSlice.ts';
import { decimalString } from '../part10/decimalString.ts';
import { BitPacker } from './packBits.ts';
import { encodePart10 } from '../part10/part10.ts';
import { product } from '../product.ts';
import { sopClass } from '../part10/sopClasses.ts';
import { sourceModules } from '../ct/sourceModules.ts';
import { newUid } from '../part10/uid.ts';
import { why } from '../errorSentences.ts';

/** A segment to write. */
export interface SegmentToWrite {
  readonly kind: SegmentKind;
  /** At most 64 characters. */
  readonly label: string;
  readonly description?: string;
  /** All segments of an object share one grid; they may overlap. */
  readonly mask: Mask;
  readonly algorithm: Algorithm & {
    /** SEMIAUTOMATIC once a person edited the result. */
    readonly type: 'AUTOMATIC' | 'SEMIAUTOMATIC';
  };
  /** Names the same thing across objects; the label if absent. */
  readonly trackingID?: string;
  readonly trackingUID?: string;
}

export interface WriteOptions {
  readonly seriesDescription: string;
  /** CS, at most 16 characters. */
  readonly contentLabel?: string;
  /** DICOM person name of who asked for the segmentation. */
  readonly contentCreatorName?: string;
  readonly seriesNumber?: number;
  readonly instanceNumber?: number;
  readonly now?: Date;
  /** Supplies SOP instance, series, dimension and tracking UIDs; for tests. */
  readonly newUid?: () => string;
}

/** A frame that will be written: slice k of a segment. */
interface FrameToWrite {
  readonly segmentNumber: number;
  /** Rank of the position along the normal, counted from 1. */
  readonly positionIndex: number;
  readonly position: Vec3;
  readonly voxels: Uint8Array;
  readonly slice?: CtSlice;
}

function refuse(said: Said): CranioplastyError {
  return new CranioplastyError('bad-segmentation', said);
}

function assertSegments(segments: readonly SegmentToWrite[], ct: CtSeries | undefined): Grid {
  if (segments.length === 0) throw refuse(why('error.seg.nothing-to-save'));
  const { grid } = segments[0].mask;
  const tolerance = 0.1 * Math.min(...grid.spacing);
  for (const { mask, label } of segments) {
    if (label.length === 0 || label.length > 64) {
      throw refuse(why('error.seg.label', { label }));
    }
    if (gridDistance(mask.grid, grid) > tolerance) {
      throw new CranioplastyError(
        'bad-geometry',
        why('error.seg.other-geometry', { segment: label }),
      );
    }
  }
  if (ct && gridDistance(grid, ct.grid) > tolerance) {
    throw new CranioplastyError('bad-geometry', why('error.seg.off-ct'));
  }
  return grid;
}

/** Index of the slices of a grid in ascending order of their position along row × column. */
function slicesAlongNormal(grid: Grid): number[] {
  const ascending = dot(cross(grid.axes[0], grid.axes[1]), grid.axes[2]) > 0;
  const order = Array.from({ length: grid.size[2] }, (_, k) => k);
  return ascending ? order : order.reverse();
}

/**
 * Chooses the frames: by segment, then by position. Slices without a set voxel are left out.
 * @throws CranioplastyError `bad-segmentation` for a segment without a set voxel, which viewers hang on
 */
function chooseFrames(
  segments: readonly SegmentToWrite[],
  grid: Grid,
  ct: CtSeries | undefined,
): FrameToWrite[] {
  const pixels = grid.size[0] * grid.size[1];
  const order = slicesAlongNormal(grid);
  const frames: FrameToWrite[] = [];
  segments.forEach(({ mask, label }, s) => {
    const before = frames.length;
    order.forEach((k, rank) => {
      const voxels = mask.data.subarray(k * pixels, (k + 1) * pixels);
      if (!anySet(voxels)) return;
      // Slices of a straightened grid are none of the CT's own.
      const slice = ct?.irregular ? undefined : ct?.slices[k];
      frames.push({
        segmentNumber: s + 1,
        positionIndex: rank + 1,
        position: slice?.plane.position ?? indexToPatient(grid, [0, 0, k]),
        voxels,
        slice,
      });
    });
    if (frames.length === before) {
      throw refuse(why('error.seg.empty-not-saved', { segment: label }));
    }
  });
  return frames;
}

const decimals = (values: readonly number[]): string[] => values.map(decimalString);

function segmentItem(
  segment: SegmentToWrite,
  number: number,
  uid: () => string,
  ct: CtSeries | undefined,
): NaturalDataset {
  const { category, type, region, rgb } = kindCodes[segment.kind];
  const { algorithm } = segment;
  const grid = ct?.irregular ? 'On the straightened grid of an irregular CT. ' : '';
  const description = (segment.description ? `${segment.description}. ` : '') + grid;
  const terms = algorithm.terms ? ` ${algorithm.name}: ${algorithm.terms}.` : '';
  return {
    SegmentNumber: number,
    SegmentLabel: segment.label,
    SegmentDescription: `${description}${product.researchUse}.${terms}`.slice(0, 1024),
    SegmentAlgorithmType: algorithm.type,
    SegmentAlgorithmName: algorithm.name.slice(0, 64),
    SegmentationAlgorithmIdentificationSequence: [algorithmItem(algorithm)],
    SegmentedPropertyCategoryCodeSequence: [codeItem(category)],
    SegmentedPropertyTypeCodeSequence: [codeItem(type)],
    ...(region ? { AnatomicRegionSequence: [codeItem(region)] } : {}),
    RecommendedDisplayCIELabValue: dicomCielab(rgb),
    TrackingID: segment.trackingID ?? segment.label,
    TrackingUID: segment.trackingUID ?? uid(),
  };
}

function derivationItem(slice: CtSlice): NaturalDataset {
  return {
    SourceImageSequence: [
      {
        ReferencedSOPClassUID: slice.sopClassUID,
        ReferencedSOPInstanceUID: slice.sopInstanceUID,
        ...(slice.frameNumber ? { ReferencedFrameNumber: slice.frameNumber } : {}),
        PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImage)],
        SpatialLocationsPreserved: 'YES',
      },
    ],
    DerivationCodeSequence: [codeItem(codes.segmentation)],
  };
}

function frameItem(frame: FrameToWrite): NaturalDataset {
  return {
    ...(frame.slice ? { DerivationImageSequence: [derivationItem(frame.slice)] } : {}),
    FrameContentSequence: [{ DimensionIndexValues: [frame.segmentNumber, frame.positionIndex] }],
    PlanePositionSequence: [{ ImagePositionPatient: decimals(frame.position) }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: frame.segmentNumber }],
  };
}

/** Images of which the whole object was made (PS3.3, C.12.4): of a straightened CT every slice. */
function sourceImages(
  source: ObjectSource,
  referenced: readonly ReferencedSeries[],
): NaturalDataset[] {
  const ofCt = 'ct' in source;
  const { instances } = ofCt ? referenced[0] : referenced[referenced.length - 1];
  return instances.map((instance) => ({
    ...instanceItem(instance),
    PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImage)],
    ...(ofCt ? { SpatialLocationsPreserved: 'NO' } : {}),
  }));
}

function dimensions(uid: string): Record<string, unknown> {
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: [
      {
        DimensionOrganizationUID: uid,
        DimensionIndexPointer: 0x0062000b,
        FunctionalGroupPointer: 0x0062000a,
        DimensionDescriptionLabel: 'ReferencedSegmentNumber',
      },
      {
        DimensionOrganizationUID: uid,
        DimensionIndexPointer: 0x00200032,
        FunctionalGroupPointer: 0x00209113,
        DimensionDescriptionLabel: 'ImagePositionPatient',
      },
    ],
  };
}

/**
 * Writes segments as one BINARY segmentation object (PS3.3, A.51), explicit VR little endian. Frames
 * are sorted by segment and position, so that the result does not depend on the order in which the
 * slices of the source came. Pixel measures hold SpacingBetweenSlices, which other software needs to
 * rebuild the volume.
 *
 * @throws CranioplastyError `bad-segmentation` without segments, for an empty segment or a label that
 *   does not fit; `bad-geometry` if the masks differ in geometry from each other or from the CT
 */
export function writeSegmentation(
  segments: readonly SegmentToWrite[],
  source: ObjectSource,
  options: WriteOptions,
): ArrayBuffer {
  const uid = options.newUid ?? newUid;
  const ct = 'ct' in source ? source.ct : undefined;
  const instance = firstInstance(source);
  const grid = assertSegments(segments, ct);
  const frames = chooseFrames(segments, grid, ct);
  const pixels = grid.size[0] * grid.size[1];
  const packer = new BitPacker(frames.length * pixels);
  for (const frame of frames) packer.append(frame.voxels);
  const { date, time } = dateTime(options.now ?? new Date());
  const referenced = referencedSeries(source);
  const onSlices = frames.some(({ slice }) => slice !== undefined);

  return encodePart10({
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: ['DERIVED', 'PRIMARY'],
    SOPClassUID: sopClass.segmentation,
    SOPInstanceUID: uid(),
    SeriesInstanceUID: uid(),
    ...sourceModules(instance),
    Modality: 'SEG',
    SeriesNumber: options.seriesNumber ?? 300,
    SeriesDate: date,
    SeriesTime: time,
    SeriesDescription: options.seriesDescription.slice(0, 64),
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    InstanceNumber: options.instanceNumber ?? 1,
    ContentDate: date,
    ContentTime: time,
    ContentLabel: options.contentLabel ?? 'CRANIOPLASTY',
    ContentDescription: product.researchUse,
    ContentCreatorName: options.contentCreatorName ?? product.creator,
    ...equipment,
    LossyImageCompression: text(instance, 'LossyImageCompression') ?? '00',
    ...imagePixels(grid, 1),
    SegmentationType: 'BINARY',
    SegmentsOverlap: overlap(segments) ? 'YES' : 'NO',
    SegmentSequence: segments.map((segment, s) => segmentItem(segment, s + 1, uid, ct)),
    NumberOfFrames: frames.length,
    ReferencedSeriesSequence: seriesItems(referenced),
    // Frames that are slices of the CT say so one by one.
    ...(onSlices ? {} : { SourceImageSequence: sourceImages(source, referenced) }),
    ...dimensions(uid()),
    SharedFunctionalGroupsSequence: [
      {
        PixelMeasuresSequence: [
          {
            SliceThickness: decimalString(grid.spacing[2]),
            SpacingBetweenSlices: decimalString(grid.spacing[2]),
            PixelSpacing: decimals([grid.spacing[1], grid.spacing[0]]),
          },
        ],
        PlaneOrientationSequence: [
          { ImageOrientationPatient: decimals([...grid.axes[0], ...grid.axes[1]]) },
        ],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map(frameItem),
    PixelData: packer.finish(),
    _vrMap: { PixelData: 'OB' },
  });
}

/** Whether any voxel belongs to more than one segment. */
function overlap(segments: readonly SegmentToWrite[]): boolean {
  return segments.some(({ mask: a }, s) =>
    segments.slice(s + 1).some(({ mask: b }) => anyShared(a.data, b.data)),
  );
}
