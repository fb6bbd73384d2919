import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import type { Grid } from '../../engine/space/grid.ts';
import { emptyMask, type Mask } from '../../engine/space/volume.ts';
import { countSet } from '../../engine/space/voxels.ts';
import { item, items, number, text, type NaturalDataset } from '../part10/attributes.ts';
import { readCode, sameCode, type Code } from '../part10/codedConcept.ts';
import { codes, type SegmentKind } from './codes.ts';
import type { CtSeries } from '../ct/ctSeries.ts';
import type { DecodeFrame } from '../frames/decodeFrame.ts';
import { gridOfFrames } from '../frames/frameGrid.ts';
import { functionalGroups } from '../frames/functionalGroups.ts';
import { parsePart10, type Part10 } from '../part10/part10.ts';
import {
  assertSliceDistance,
  paintFrame,
  placeFrame,
  type Placement,
} from '../frames/placement.ts';
import type { Plane } from '../frames/planes.ts';
import { slicesOfFrames, straightenSegment } from './onSlices.ts';
import { frameDecoder, type FrameDecoder } from './segmentationFrames.ts';
import { sopClass } from '../part10/sopClasses.ts';
import { why } from '../errorSentences.ts';

/** How a segment was made (PS3.3, C.8.20.4). */
export interface SegmentAlgorithm {
  readonly type: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL';
  readonly name?: string;
  readonly version?: string;
  /** Free text; this project writes the hash of the model there. */
  readonly parameters?: string;
}

/** What a segment is, without its voxels. */
export interface SegmentIdentity {
  readonly number: number;
  readonly label: string;
  readonly description?: string;
  readonly category?: Code;
  readonly type?: Code;
  readonly algorithm: SegmentAlgorithm;
  readonly trackingID?: string;
  readonly trackingUID?: string;
}

export interface Segment extends SegmentIdentity {
  /**
   * Decodes the segment's voxels, on the grid of the segmentation object. Nothing is kept.
   * @throws CranioplastyError `bad-geometry`, `bad-segmentation`
   */
  mask(): Mask;
}

/** A DICOM segmentation. */
export interface SegmentationObject {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly studyInstanceUID: string;
  readonly frameOfReferenceUID: string;
  readonly label: string;
  readonly referencedSeriesInstanceUID?: string;
  /** Grid of all masks: the CT's where one was given, else the smallest that holds every frame. */
  readonly grid: Grid;
  /** By ascending number. */
  readonly segments: readonly Segment[];
  /** Every attribute but the pixel data. */
  readonly dataset: NaturalDataset;
}

export interface ReadOptions {
  /** Places the voxels on the grid of this CT instead of the segmentation's own. */
  readonly onto?: Pick<CtSeries, 'grid' | 'frameOfReferenceUID'> &
    Partial<Pick<CtSeries, 'slices' | 'irregular'>>;
  /** Makes the masks, all 0; in memory of their own if absent. */
  readonly newMask?: (grid: Grid) => Mask;
  /** Decodes compressed frames; without it only RLE is read. */
  readonly decode?: DecodeFrame;
}

function bad(said: Said): CranioplastyError {
  return new CranioplastyError('bad-segmentation', said);
}

function required(dataset: NaturalDataset, name: string): string {
  const value = text(dataset, name);
  if (!value) throw bad(why('error.seg.lacks', { what: name }));
  return value;
}

function algorithmOf(segment: NaturalDataset): SegmentAlgorithm {
  const stated = text(segment, 'SegmentAlgorithmType');
  const identification = item(segment, 'SegmentationAlgorithmIdentificationSequence') ?? {};
  return {
    type: stated === 'AUTOMATIC' || stated === 'SEMIAUTOMATIC' ? stated : 'MANUAL',
    name: text(identification, 'AlgorithmName') ?? text(segment, 'SegmentAlgorithmName'),
    version: text(identification, 'AlgorithmVersion'),
    parameters: text(identification, 'AlgorithmParameters'),
  };
}

function segmentOf(dataset: NaturalDataset): SegmentIdentity {
  const segmentNumber = number(dataset, 'SegmentNumber');
  if (segmentNumber === undefined) {
    throw bad(why('error.seg.no-number'));
  }
  return {
    number: segmentNumber,
    label: text(dataset, 'SegmentLabel') ?? `Segment ${segmentNumber}`,
    description: text(dataset, 'SegmentDescription'),
    category: readCode(dataset, 'SegmentedPropertyCategoryCodeSequence'),
    type: readCode(dataset, 'SegmentedPropertyTypeCodeSequence'),
    algorithm: algorithmOf(dataset),
    trackingID: text(dataset, 'TrackingID'),
    trackingUID: text(dataset, 'TrackingUID'),
  };
}

/**
 * The segments that a segmentation lists, by ascending number; no voxel is looked at.
 * @throws CranioplastyError `bad-segmentation` if one has no number
 */
export function listSegments(dataset: NaturalDataset): SegmentIdentity[] {
  return (
    items(dataset, 'SegmentSequence')
      // Label maps may list their background as segment 0.
      .filter((segment) => number(segment, 'SegmentNumber') !== 0)
      .map(segmentOf)
      .sort((a, b) => a.number - b.number)
  );
}

/** A frame: where it lies, and whose it is unless it is a label map's. */
interface Frame {
  readonly plane: Plane;
  readonly segment?: number;
}

/** Whether frames are parts of one large image (PS3.3, C.7.6.17.3). */
function isTiled(dataset: NaturalDataset): boolean {
  return (
    /^TILED/.test(text(dataset, 'DimensionOrganizationType') ?? '') ||
    number(dataset, 'TotalPixelMatrixColumns') !== undefined
  );
}

function readFrames(dataset: NaturalDataset, decoder: FrameDecoder): Frame[] {
  const groups = functionalGroups(dataset);
  if (isTiled(dataset)) {
    throw bad(why('error.seg.microscope'));
  }
  if (groups.frames !== decoder.frames) {
    throw bad(why('error.seg.frames', { described: groups.frames, frames: decoder.frames }));
  }
  return Array.from({ length: groups.frames }, (_, f) => {
    const plane = groups.plane(f);
    if (!plane) {
      throw new CranioplastyError('bad-geometry', why('error.seg.no-place', { frame: f + 1 }));
    }
    if (decoder.labelmap) return { plane };
    const identification = groups.group(f, 'SegmentIdentificationSequence');
    const segment = identification && number(identification, 'ReferencedSegmentNumber');
    if (segment === undefined) {
      throw bad(why('error.seg.no-segment', { frame: f + 1 }));
    }
    return { plane, segment };
  });
}

function ownGrid(dataset: NaturalDataset, frames: readonly Frame[], decoder: FrameDecoder): Grid {
  const measures = functionalGroups(dataset).group(0, 'PixelMeasuresSequence') ?? {};
  return gridOfFrames(
    frames.map((frame) => frame.plane),
    decoder.columns,
    decoder.rows,
    number(measures, 'SpacingBetweenSlices'),
    number(measures, 'SliceThickness'),
  );
}

/** The frames of a segment, each with the number of its slice. */
function* framesOf(
  frames: readonly Frame[],
  segment: number,
  decoder: FrameDecoder,
  slices: readonly number[],
): Generator<readonly [slice: number, frame: Uint8Array]> {
  for (const [f, frame] of frames.entries()) {
    if (frame.segment !== undefined && frame.segment !== segment) continue;
    yield [slices[f], decoder.decode(f, segment)];
  }
}

/**
 * Reads a DICOM segmentation: BINARY, FRACTIONAL or LABELMAP, frames in any order, slices left out,
 * segments that overlap. Where a frame goes is decided by its position and orientation, never by its
 * number. What was drawn on the slices of a tilted gantry, or on unevenly spaced ones, is straightened with them.
 *
 * @throws CranioplastyError `bad-segmentation` if the file is no segmentation, damaged or stored in an
 *   unsupported way; `foreign-frame-of-reference` and `bad-geometry` if it does not fit `onto`
 */
export function readSegmentation(
  file: ArrayBuffer | Uint8Array,
  options: ReadOptions = {},
): SegmentationObject {
  return segmentationOf(parsePart10(file), options);
}

/**
 * Reads a segmentation that is parsed already.
 * @throws CranioplastyError as `readSegmentation`
 */
export function segmentationOf(
  part10: Part10,
  { onto, newMask = emptyMask, decode }: ReadOptions = {},
): SegmentationObject {
  const { dataset } = part10;
  const sopClassUID = text(dataset, 'SOPClassUID') ?? 'unknown';
  if (sopClassUID !== sopClass.segmentation && sopClassUID !== sopClass.labelMapSegmentation) {
    throw bad(why('error.seg.none', { sopClass: sopClassUID }));
  }
  const frameOfReferenceUID = required(dataset, 'FrameOfReferenceUID');
  if (onto && onto.frameOfReferenceUID !== frameOfReferenceUID) {
    throw new CranioplastyError('foreign-frame-of-reference', why('error.seg.foreign'));
  }
  const decoder = frameDecoder(part10, decode);
  const { columns, rows } = decoder;
  const frames = readFrames(dataset, decoder);
  const planes = frames.map(({ plane }) => plane);
  const onSlices = onto && slicesOfFrames(onto, planes, columns, rows);
  if (onto && !onSlices) assertSliceDistance(onto.grid, planes);
  const grid = onto?.grid ?? ownGrid(dataset, frames, decoder);
  const placements = onSlices
    ? []
    : planes.map((plane): Placement => placeFrame(grid, plane, columns, rows));

  const mask = (segment: number): Mask => {
    if (onto && onSlices) {
      return straightenSegment(onto, framesOf(frames, segment, decoder, onSlices));
    }
    const result = newMask(grid);
    frames.forEach((frame, f) => {
      if (frame.segment !== undefined && frame.segment !== segment) return;
      paintFrame(result.data, grid, placements[f], decoder.decode(f, segment), columns);
    });
    return result;
  };
  const segments = listSegments(dataset).map((segment) => ({
    ...segment,
    mask: () => mask(segment.number),
  }));
  const known = new Set(segments.map((segment) => segment.number));
  if (
    known.size !== segments.length ||
    frames.some(({ segment }) => segment !== undefined && !known.has(segment))
  ) {
    throw bad(why('error.seg.contradiction'));
  }
  return {
    sopClassUID,
    sopInstanceUID: required(dataset, 'SOPInstanceUID'),
    seriesInstanceUID: required(dataset, 'SeriesInstanceUID'),
    studyInstanceUID: required(dataset, 'StudyInstanceUID'),
    frameOfReferenceUID,
    label:
      text(dataset, 'SeriesDescription') ?? text(dataset, 'ContentLabel') ?? 'DICOM segmentation',
    referencedSeriesInstanceUID: text(
      item(dataset, 'ReferencedSeriesSequence') ?? {},
      'SeriesInstanceUID',
    ),
    grid,
    segments,
    dataset,
  };
}

/** What a segment is, as far as its codes and label tell. */
export function segmentKind(
  segment: Pick<SegmentIdentity, 'type' | 'label'>,
): SegmentKind | undefined {
  if (sameCode(segment.type, codes.implant)) return 'implant';
  if (!sameCode(segment.type, codes.skull)) return undefined;
  return /patch|implant|reconstruct/i.test(segment.label) ? 'skull-patch' : 'skull';
}

/**
 * Picks the segment that holds the defective skull: the one of that number, else the only segment,
 * else the only one that is coded as skull.
 * @throws CranioplastyError `bad-usage` if there is no such segment or no single choice
 */
export function chooseSkull<Of extends SegmentIdentity>(
  { segments }: { readonly segments: readonly Of[] },
  segmentNumber?: number,
): Of {
  const skulls = segments.filter((segment) => segmentKind(segment) === 'skull');
  const candidates =
    segmentNumber !== undefined
      ? segments.filter((segment) => segment.number === segmentNumber)
      : segments.length === 1
        ? segments
        : skulls;
  if (candidates.length === 1) return candidates[0];
  const list = segments.map((segment) => `${segment.number} (${segment.label})`).join(', ');
  throw new CranioplastyError(
    'bad-usage',
    segmentNumber !== undefined
      ? why('error.seg.not-there', { segment: segmentNumber, list })
      : why('error.seg.which', { list: list || why('error.seg.no-segments') }),
  );
}

/**
 * Voxels of a segment that is to be reconstructed.
 * @throws CranioplastyError `empty-skull` if no voxel is set
 */
export function readSkull(segment: Segment): Mask {
  const mask = segment.mask();
  if (countSet(mask.data) === 0) {
    throw new CranioplastyError('empty-skull', why('error.seg.empty', { segment: segment.label }));
  }
  return mask;
}
