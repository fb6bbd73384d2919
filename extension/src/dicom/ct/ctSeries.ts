import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { assertGrid, type Grid } from '../../engine/space/grid.ts';
import { number, text, type NaturalDataset } from '../part10/attributes.ts';
import { frameCount, functionalGroups } from '../frames/functionalGroups.ts';
import { depth, planeNormal, readPlane, samePose, type Plane } from '../frames/planes.ts';
import type { CtSlice } from './ctSlice.ts';
import { gridOfSlices, type IrregularSlices } from './irregularSlices.ts';
import { sayImage, isVolumeImage } from './volumeImages.ts';
import { why } from '../errorSentences.ts';

/** A CT series, and the regular grid of its voxels. */
export interface CtSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly frameOfReferenceUID: string;
  /** Right-handed: slice k of the grid is `slices[k]`, whatever the order in which instances came. */
  readonly grid: Grid;
  /** By their depth along the normal. */
  readonly slices: readonly CtSlice[];
  /** Present where the slices make no regular grid: they are to be resampled to `grid` then (`straighten`). */
  readonly irregular?: IrregularSlices;
}

function badGeometry(said: Said): CranioplastyError {
  return new CranioplastyError('bad-ct-geometry', said);
}

function frameSlices(
  instance: NaturalDataset,
  base: Omit<CtSlice, 'plane' | 'rescale'>,
): CtSlice[] {
  const groups = functionalGroups(instance);
  if (groups.frames !== frameCount(instance)) {
    throw badGeometry(why('error.ct.frames'));
  }
  return Array.from({ length: groups.frames }, (_, frame) => {
    const transformation = groups.group(frame, 'PixelValueTransformationSequence') ?? {};
    return {
      ...base,
      frameNumber: frame + 1,
      plane: requirePlane(groups.plane(frame), instance),
      rescale: readRescale(transformation),
    };
  });
}

function requirePlane(plane: Plane | undefined, instance: NaturalDataset): Plane {
  if (!plane) {
    throw badGeometry(why('error.ct.no-place', { image: sayImage(instance) }));
  }
  return plane;
}

function readRescale(dataset: NaturalDataset): CtSlice['rescale'] {
  return {
    slope: number(dataset, 'RescaleSlope') ?? 1,
    intercept: number(dataset, 'RescaleIntercept') ?? 0,
  };
}

function readSlices(instance: NaturalDataset): CtSlice[] {
  const base = {
    sopClassUID: text(instance, 'SOPClassUID') ?? '',
    sopInstanceUID: text(instance, 'SOPInstanceUID') ?? '',
    instance,
  };
  if (instance['PerFrameFunctionalGroupsSequence'] || frameCount(instance) > 1) {
    return frameSlices(instance, base);
  }
  return [
    { ...base, plane: requirePlane(readPlane(instance), instance), rescale: readRescale(instance) },
  ];
}

/** The value that every instance must share. */
function shared(
  instances: readonly NaturalDataset[],
  name: string,
  called: 'study' | 'series' | 'frame' | 'width' | 'height',
): string {
  const what = why(`error.ct.${called}`);
  const found = new Set(instances.map((instance) => text(instance, name)));
  const [value] = found;
  if (found.size > 1) {
    const other = instances.find((instance) => text(instance, name) !== value);
    throw badGeometry(
      other
        ? why('error.ct.mixed', { what: what, image: sayImage(other) })
        : why('error.ct.mixed-with-none', { what: what }),
    );
  }
  if (value === undefined) {
    throw badGeometry(why('error.ct.unnamed', { what }));
  }
  return value;
}

function assertCt(instances: readonly NaturalDataset[]): void {
  for (const instance of instances) {
    const modality = text(instance, 'Modality') ?? why('error.ct.unknown-modality');
    if (modality !== 'CT') {
      throw new CranioplastyError('wrong-modality', why('error.ct.modality', { modality }));
    }
  }
}

/** One slice of each image: the same files may lie in a folder twice. */
function withoutCopies(slices: readonly CtSlice[]): CtSlice[] {
  const seen = new Map(
    slices.map((slice) => [
      `${slice.sopInstanceUID} ${slice.frameNumber ?? ''} ${slice.plane.position.join(' ')}`,
      slice,
    ]),
  );
  return [...seen.values()];
}

/**
 * Orders the instances of a CT series and finds their grid: where a gantry was tilted, or slices are unevenly spaced,
 * the one to which they are resampled. Scouts, dose sheets and copies are left out. Only positions and orientations
 * count; instance numbers and the order of `instances` do not.
 *
 * @param instances metadata of the instances of one series, single- or multi-frame
 * @throws CranioplastyError `no-ct` without instances; `wrong-modality`; `bad-ct-geometry` for
 *   missing or doubled slices, mixed orientation, matrix or series
 */
export function readCtSeries(instances: readonly NaturalDataset[]): CtSeries {
  assertCt(instances);
  const images = instances.filter(isVolumeImage);
  if (images.length === 0) {
    throw new CranioplastyError('no-ct', why('error.ct.none'));
  }
  const identity = {
    studyInstanceUID: shared(images, 'StudyInstanceUID', 'study'),
    seriesInstanceUID: shared(images, 'SeriesInstanceUID', 'series'),
    frameOfReferenceUID: shared(images, 'FrameOfReferenceUID', 'frame'),
  };
  const columns = Number(shared(images, 'Columns', 'width'));
  const rows = Number(shared(images, 'Rows', 'height'));
  const slices = withoutCopies(images.flatMap(readSlices));
  if (slices.length < 2) {
    throw badGeometry(why('error.ct.single'));
  }
  const first = slices[0].plane;
  const turned = slices.find((slice) => !samePose(first, slice.plane));
  if (turned) {
    throw badGeometry(why('error.ct.turned', { image: sayImage(turned.instance) }));
  }
  const normal = planeNormal(first);
  slices.sort((a, b) => depth(a.plane, normal) - depth(b.plane, normal));
  const { grid, irregular } = gridOfSlices(slices, columns, rows);
  assertGrid(grid);
  return { ...identity, grid, slices, ...(irregular ? { irregular } : {}) };
}
