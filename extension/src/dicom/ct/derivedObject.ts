import { items, text, type NaturalDataset } from '../part10/attributes.ts';
import { code, codeItem } from '../part10/codedConcept.ts';
import { product } from '../product.ts';
import type { CtSeries } from './ctSeries.ts';

/** What an object was made from: the CT, or an object of the same patient and frame of reference. */
export type ObjectSource =
  | { readonly ct: CtSeries }
  | {
      /** Usually the segmentation of the skull, when its CT is not at hand. */
      readonly instance: NaturalDataset;
    };

/** Names one object in a study. */
export interface ReferencedInstance {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
}

export interface ReferencedSeries {
  readonly seriesInstanceUID: string;
  readonly instances: readonly ReferencedInstance[];
}

/** What computed a result: a network, known by the hash of its model, or plain image processing. */
export interface Algorithm {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the model, if a network took part. */
  readonly modelHash?: string;
  /** Licence of the model's weights, where it restricts the use of what they make. */
  readonly terms?: string;
  /** Anything else that the result depends on, such as a threshold. */
  readonly parameters?: string;
}

const families = {
  artificialIntelligence: code('123110', 'DCM', 'Artificial Intelligence'),
  morphologicalOperations: code('123104', 'DCM', 'Morphological Operations'),
} as const;

/** Hash, terms and parameters of an algorithm, each told by how it begins; empty if there are none. */
export function algorithmParameters({ modelHash, terms, parameters }: Algorithm): string[] {
  const all = [modelHash && `sha256=${modelHash}`, terms && `licence: ${terms}`, parameters];
  return all.filter((part) => part !== undefined && part !== '') as string[];
}

/** Reads what `algorithmParameters` gave, written on one line; what it did not give are parameters. */
export function readAlgorithmParameters(
  written: string,
): Pick<Algorithm, 'modelHash' | 'terms' | 'parameters'> {
  const [hash, licence] = ['sha256=', 'licence: '];
  const parts = written.split('; ');
  const after = (start: string): string | undefined =>
    parts.find((part) => part.startsWith(start))?.slice(start.length);
  const rest = parts.filter((part) => !part.startsWith(hash) && !part.startsWith(licence));
  return { modelHash: after(hash), terms: after(licence), parameters: rest.join('; ') };
}

/** Which family an algorithm is of (CID 7162). */
export const familyOf = ({ modelHash }: Algorithm) =>
  modelHash ? families.artificialIntelligence : families.morphologicalOperations;

/** An algorithm as a sequence item (PS3.3, table 10-19). */
export function algorithmItem(algorithm: Algorithm): NaturalDataset {
  const { name, version } = algorithm;
  const written = algorithmParameters(algorithm).join('; ');
  return {
    AlgorithmFamilyCodeSequence: [codeItem(familyOf(algorithm))],
    AlgorithmName: name.slice(0, 64),
    AlgorithmVersion: version.slice(0, 64),
    ...(written ? { AlgorithmParameters: written } : {}),
  };
}

/** Attributes of the source's first image or of the source itself, which says whose it is. */
export function firstInstance(source: ObjectSource): NaturalDataset {
  return 'ct' in source ? source.ct.slices[0].instance : source.instance;
}

/** Every slice of the CT, or the source instance and what it refers to itself. The CT comes first. */
export function referencedSeries(source: ObjectSource): ReferencedSeries[] {
  if ('ct' in source) {
    const { seriesInstanceUID, slices } = source.ct;
    const instances = new Map(slices.map((s) => [s.sopInstanceUID, s.sopClassUID]));
    return [
      {
        seriesInstanceUID,
        instances: [...instances].map(([sopInstanceUID, sopClassUID]) => ({
          sopClassUID,
          sopInstanceUID,
        })),
      },
    ];
  }
  const { instance } = source;
  // Viewers take the first series for the one that the segments lie on.
  return [
    ...items(instance, 'ReferencedSeriesSequence').map(readSeries),
    {
      seriesInstanceUID: text(instance, 'SeriesInstanceUID') ?? '',
      instances: [
        {
          sopClassUID: text(instance, 'SOPClassUID') ?? '',
          sopInstanceUID: text(instance, 'SOPInstanceUID') ?? '',
        },
      ],
    },
  ];
}

function readSeries(series: NaturalDataset): ReferencedSeries {
  return {
    seriesInstanceUID: text(series, 'SeriesInstanceUID') ?? '',
    instances: items(series, 'ReferencedInstanceSequence').map(readInstance),
  };
}

export function readInstance(reference: NaturalDataset): ReferencedInstance {
  return {
    sopClassUID: text(reference, 'ReferencedSOPClassUID') ?? '',
    sopInstanceUID: text(reference, 'ReferencedSOPInstanceUID') ?? '',
  };
}

export function instanceItem({ sopClassUID, sopInstanceUID }: ReferencedInstance): NaturalDataset {
  return { ReferencedSOPClassUID: sopClassUID, ReferencedSOPInstanceUID: sopInstanceUID };
}

/** Items of ReferencedSeriesSequence (PS3.3, C.12.2). */
export function seriesItems(all: readonly ReferencedSeries[]): NaturalDataset[] {
  return all.map(({ seriesInstanceUID, instances }) => ({
    SeriesInstanceUID: seriesInstanceUID,
    ReferencedInstanceSequence: instances.map(instanceItem),
  }));
}

/** Date and time of day as DICOM writes them. */
export function dateTime(now: Date): { date: string; time: string } {
  const digits = now.toISOString().replace(/\D/g, '');
  return { date: digits.slice(0, 8), time: digits.slice(8, 14) };
}

/** When an object's content was made, where the object says it as `dateTime` writes it; seconds. */
export function contentTime(dataset: NaturalDataset): Date | undefined {
  const date = /^(\d{4})(\d\d)(\d\d)$/.exec(text(dataset, 'ContentDate') ?? '');
  const time = /^(\d\d)(\d\d)(\d\d)/.exec(text(dataset, 'ContentTime') ?? '');
  if (!date || !time) return undefined;
  const [year, month, day] = date.slice(1).map(Number);
  const [hour, minute, second] = time.slice(1).map(Number);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** What every object of this project says of its maker (PS3.3, C.7.5.1 and C.7.5.2). */
export const equipment = {
  Manufacturer: product.manufacturer,
  ManufacturerModelName: product.name,
  DeviceSerialNumber: product.version,
  SoftwareVersions: product.version,
} as const;
