import { sha256 } from '../../engine/space/files.ts';
import { dot, indexToPatient } from '../../engine/space/grid.ts';
import { imagePixels } from '../frames/imagePixels.ts';
import { number, text, texts, type NaturalDataset } from '../part10/attributes.ts';
import { code, codeItem } from '../part10/codedConcept.ts';
import { decimalString } from '../part10/decimalString.ts';
import { encodePart10 } from '../part10/part10.ts';
import { sopClass } from '../part10/sopClasses.ts';
import { uidOfName } from '../part10/uid.ts';
import { product } from '../product.ts';
import type { LoadedCt } from './ctPixels.ts';
import { readCtSeries, type CtSeries } from './ctSeries.ts';
import type { CtSlice } from './ctSlice.ts';
import { equipment } from './derivedObject.ts';
import type { IrregularSlices } from './irregularSlices.ts';
import { sourceModules } from './sourceModules.ts';
import { between } from './straighten.ts';

const codes = {
  /** CID 7203. */
  resampling: code('113085', 'DCM', 'Spatial resampling'),
  /** CID 7202. */
  sourceImage: code('121322', 'DCM', 'Source image for image processing operation'),
  /** CID 7005. */
  acquisition: code('109101', 'DCM', 'Acquisition Equipment'),
} as const;

/** A straightened CT as a series of its own. */
export interface StraightenedSeries {
  /** As a reader of the files finds it: regular. */
  readonly series: CtSeries;
  /** Encodes slice `k` of it. */
  readonly file: (k: number) => ArrayBuffer;
}

/**
 * A CT that was straightened as a series of CT images (PS3.3, A.3) of the same study and frame of reference, with HU as
 * 16 bits, explicit VR little endian. Everybody who does that of the same series gets the same one: UIDs and contents
 * follow from the source, the grid and the version of this software.
 *
 * @returns undefined for a CT that is regular as it is
 * @throws CranioplastyError `bad-geometry` if the source names no study
 */
export async function straightenedSeries(ct: LoadedCt): Promise<StraightenedSeries | undefined> {
  const { series, volume } = ct;
  const { irregular } = series;
  if (!irregular) return undefined;
  const name = await nameOf(series);
  const seriesInstanceUID = await uidOfName(name);
  const common = sharedAttributes(series, irregular, seriesInstanceUID);
  const [columns, rows, count] = series.grid.size;
  const datasets: NaturalDataset[] = [];
  for (let k = 0; k < count; k++) {
    datasets.push({
      ...common,
      ...sliceAttributes(series, irregular, k),
      SOPInstanceUID: await uidOfName(`${name} ${k}`),
    });
  }
  const file = (k: number): ArrayBuffer => {
    const { buffer } = volume.data.slice(k * columns * rows, (k + 1) * columns * rows);
    return encodePart10({ ...datasets[k], PixelData: buffer, _vrMap: { PixelData: 'OW' } });
  };
  return { series: readCtSeries(datasets), file };
}

/** All that the voxels follow from. */
async function nameOf({ seriesInstanceUID, slices, grid }: CtSeries): Promise<string> {
  const images = slices.map(({ sopInstanceUID, frameNumber }) => [sopInstanceUID, frameNumber]);
  const made = JSON.stringify([product.name, product.version, seriesInstanceUID, images, grid]);
  return `straightened ${await sha256(new TextEncoder().encode(made))}`;
}

const decimals = (values: readonly number[]): string[] => values.map(decimalString);

/** What its slices share. */
function sharedAttributes(
  { slices, grid }: CtSeries,
  { notes }: IrregularSlices,
  seriesInstanceUID: string,
): Record<string, unknown> {
  const [{ instance }] = slices;
  const described = text(instance, 'SeriesDescription');
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: ['DERIVED', 'SECONDARY', 'AXIAL'],
    SOPClassUID: sopClass.ct,
    ...sourceModules(instance),
    Modality: 'CT',
    SeriesInstanceUID: seriesInstanceUID,
    SeriesNumber: 299,
    SeriesDescription: described ? `${described.slice(0, 50)}, straightened` : 'Straightened',
    ...copied(instance),
    ...equipment,
    ...contributingEquipment(instance),
    DerivationDescription: `${notes.join(' ')} ${product.researchUse}.`.slice(0, 1024),
    DerivationCodeSequence: [codeItem(codes.resampling)],
    ImageOrientationPatient: decimals([...grid.axes[0], ...grid.axes[1]]),
    PixelSpacing: decimals([grid.spacing[1], grid.spacing[0]]),
    ...imagePixels(grid, 16, 'signed'),
    RescaleIntercept: 0,
    RescaleSlope: 1,
    RescaleType: 'HU',
  };
}

/** Attributes of how the CT was taken and is looked at that are still true; decimal strings and others. */
const kept = {
  decimal: ['WindowCenter', 'WindowWidth', 'LossyImageCompressionRatio'],
  plain: [
    'PatientPosition',
    'ProtocolName',
    'ConvolutionKernel',
    'ContrastBolusAgent',
    'BurnedInAnnotation',
    'LossyImageCompression',
    'LossyImageCompressionMethod',
  ],
} as const;

function copied(instance: NaturalDataset): Record<string, unknown> {
  const values: Record<string, unknown> = {
    KVP: number(instance, 'KVP') ?? null,
    AcquisitionNumber: number(instance, 'AcquisitionNumber') ?? null,
  };
  for (const name of kept.decimal) {
    const found = texts(instance, name).map(Number);
    if (found.length > 0 && found.every(Number.isFinite)) values[name] = decimals(found);
  }
  for (const name of kept.plain) {
    const found = texts(instance, name).filter((value) => value !== '');
    if (found.length > 0) values[name] = found;
  }
  return values;
}

/** The scanner. */
function contributingEquipment(instance: NaturalDataset): Record<string, unknown> {
  const manufacturer = text(instance, 'Manufacturer');
  if (!manufacturer) return {};
  const scanner: Record<string, unknown> = {
    PurposeOfReferenceCodeSequence: [codeItem(codes.acquisition)],
    Manufacturer: manufacturer,
  };
  for (const name of ['InstitutionName', 'StationName', 'ManufacturerModelName']) {
    const value = text(instance, name);
    if (value !== undefined) scanner[name] = value;
  }
  return { ContributingEquipmentSequence: [scanner] };
}

function sliceAttributes(
  { slices, grid }: CtSeries,
  irregular: IrregularSlices,
  k: number,
): Record<string, unknown> {
  const position = indexToPatient(grid, [0, 0, k]);
  const { slice, next, weight } = between(irregular.places, k);
  const sources = weight > 0 ? [slices[slice], slices[next]] : [slices[slice]];
  // What is blurred over a thick slice is no sharper for lying on a finer grid.
  const thickness = number(slices[weight > 0.5 ? next : slice].instance, 'SliceThickness');
  return {
    InstanceNumber: k + 1,
    ImagePositionPatient: decimals(position),
    SliceLocation: decimalString(dot(position, grid.axes[2])),
    SliceThickness: decimalString(thickness && thickness > 0 ? thickness : grid.spacing[2]),
    SourceImageSequence: sources.map(sourceItem),
  };
}

const sourceItem = ({ sopClassUID, sopInstanceUID, frameNumber }: CtSlice): NaturalDataset => ({
  ReferencedSOPClassUID: sopClassUID,
  ReferencedSOPInstanceUID: sopInstanceUID,
  ...(frameNumber === undefined ? {} : { ReferencedFrameNumber: frameNumber }),
  PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImage)],
  SpatialLocationsPreserved: 'NO',
});
