import { text, type NaturalDataset } from '../part10/attributes.ts';
import { personName } from './sourceModules.ts';

/** Whose images these are, as far as they say; dates as YYYY-MM-DD. */
export interface CaseIdentity {
  /** Family name, given name. */
  readonly patientName?: string;
  readonly patientId?: string;
  readonly birthDate?: string;
  readonly studyDate?: string;
  readonly accession?: string;
  readonly series?: string;
  /** Thickness that the slices are said to have, mm. */
  readonly sliceThickness?: number;
}

/** @param image metadata of one image of the series */
export function caseIdentity(image: NaturalDataset): CaseIdentity {
  const seriesNumber = text(image, 'SeriesNumber');
  const thickness = Number(text(image, 'SliceThickness'));
  return {
    patientName: readableName(image['PatientName']),
    patientId: text(image, 'PatientID'),
    birthDate: isoDate(text(image, 'PatientBirthDate')),
    studyDate: isoDate(text(image, 'StudyDate')),
    accession: text(image, 'AccessionNumber'),
    series:
      text(image, 'SeriesDescription') ?? (seriesNumber ? `Series ${seriesNumber}` : undefined),
    sliceThickness: thickness > 0 ? thickness : undefined,
  };
}

/** The first notation of a person name that is there, without its carets. */
function readableName(value: unknown): string | undefined {
  const [notation] = (personName(value) ?? '').split('=').filter(Boolean);
  const [family = '', ...given] = (notation ?? '').split('^').map((part) => part.trim());
  const rest = given.filter(Boolean).join(' ');
  return [family, rest].filter(Boolean).join(', ') || undefined;
}

function isoDate(date: string | undefined): string | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(date ?? '');
  return parts ? parts.slice(1).join('-') : date;
}
