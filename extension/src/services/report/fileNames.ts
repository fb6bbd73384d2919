import { dateAndTime } from '../../dateAndTime.ts';
import type { CaseIdentity } from '../../dicom/ct/caseIdentity.ts';

/**
 * A file's name with patient ID, date and time: what is downloaded for two patients, or twice for one, can be
 * told apart. Without the person, or without an ID, the product stands in the ID's place.
 *
 * @param what with the extension
 */
export function fileName(
  what: string,
  { patientId }: CaseIdentity,
  at: Date,
  withoutPerson: boolean,
): string {
  const id = withoutPerson ? '' : (patientId ?? '').replaceAll(/[^\p{L}\p{N}.-]+/gu, '-');
  const time = dateAndTime(at).replaceAll(/[-:]/g, '').replace(' ', '-');
  return `${id.replaceAll(/^[.-]+|[.-]+$/g, '') || 'cranioplasty'}_${time}_${what}`;
}
