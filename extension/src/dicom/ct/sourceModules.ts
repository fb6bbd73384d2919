import { CranioplastyError } from '../../engine/space/errors.ts';
import { text, type NaturalDataset } from '../part10/attributes.ts';
import { why } from '../errorSentences.ts';

/** Attributes that a derived object takes over as they are (PS3.3, C.7.1.1, C.7.2.1, C.7.2.2, C.7.4.1). */
const required = {
  PatientName: 2,
  PatientID: 2,
  PatientBirthDate: 2,
  PatientSex: 2,
  StudyInstanceUID: 1,
  StudyDate: 2,
  StudyTime: 2,
  ReferringPhysicianName: 2,
  StudyID: 2,
  AccessionNumber: 2,
  FrameOfReferenceUID: 1,
  PositionReferenceIndicator: 2,
} as const;

const optional = [
  'IssuerOfPatientID',
  'OtherPatientIDs',
  'PatientComments',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
  'StudyDescription',
  'PatientAge',
  'PatientSize',
  'PatientWeight',
  'BodyPartExamined',
  'ClinicalTrialSponsorName',
  'ClinicalTrialProtocolID',
  'ClinicalTrialProtocolName',
  'ClinicalTrialSiteID',
  'ClinicalTrialSiteName',
  'ClinicalTrialSubjectID',
] as const;

interface PersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

/** A person name in its three notations, without the accessors that dcmjs puts on it. */
export function personName(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first;
  if (typeof first !== 'object' || first === null) return undefined;
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = first as PersonName;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

function plainValue(dataset: NaturalDataset, name: string): unknown {
  if (name.endsWith('Name') && name.startsWith('P')) return personName(dataset[name]);
  if (name === 'ReferringPhysicianName') return personName(dataset[name]);
  return text(dataset, name);
}

const frame = ['FrameOfReferenceUID', 'PositionReferenceIndicator'] as const;

/**
 * Patient and study of a document about `source`, which lies in no frame of reference and shows no part of the body.
 * @throws CranioplastyError `bad-geometry` as `sourceModules`
 */
export function patientAndStudy(source: NaturalDataset): Record<string, unknown> {
  const { BodyPartExamined: _, ...modules } = sourceModules(source);
  for (const name of frame) delete modules[name];
  return modules;
}

/**
 * The frame of reference of an object derived from `source` (PS3.3, C.7.4.1).
 * @throws CranioplastyError `bad-geometry` as `sourceModules`
 */
export function frameOfReference(source: NaturalDataset): Record<string, unknown> {
  const modules = sourceModules(source);
  return Object.fromEntries(frame.map((name) => [name, modules[name]]));
}

/**
 * Patient, study and frame of reference of an object derived from `source`.
 * @throws CranioplastyError `bad-geometry` if the source names no study or no frame of reference
 */
export function sourceModules(source: NaturalDataset): Record<string, unknown> {
  const copied: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(required)) {
    const value = plainValue(source, name) || undefined;
    if (value === undefined && type === 1) {
      throw new CranioplastyError('bad-geometry', why('error.ct.source-lacks', { what: name }));
    }
    copied[name] = value ?? null;
  }
  for (const name of optional) {
    const value = plainValue(source, name);
    if (value !== undefined) copied[name] = value;
  }
  return copied;
}
