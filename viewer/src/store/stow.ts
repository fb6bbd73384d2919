import type { JsonDataset } from '../dicom/jsonModel.ts';
import type { Part } from '../dicom/multipart.ts';
import { MalformedDicomError, readPart10, textOf } from '../dicom/part10.ts';
import { Tag } from '../dicom/tags.ts';
import { DuplicateInstanceError, type FileStore, type StoredInstance } from './fileStore.ts';

/** Failure reasons of PS3.18 table I.2-2 and PS3.7 annex C. */
const Reason = {
  processingFailure: 0x0110,
  duplicateInstance: 0x0111,
  wrongStudy: 0xa900,
  cannotUnderstand: 0xc000,
} as const;

/** What happened to the objects of one STOW-RS request. */
export interface StowResult {
  readonly status: 200 | 202 | 409;
  readonly body: JsonDataset;
}

function reasonOf(error: unknown): number {
  if (error instanceof DuplicateInstanceError) return Reason.duplicateInstance;
  if (error instanceof MalformedDicomError) return Reason.cannotUnderstand;
  return Reason.processingFailure;
}

/** The UIDs of a refused object, as far as they can be read. */
function reference(bytes: Uint8Array): JsonDataset {
  let sopClass = '';
  let instance = '';
  try {
    const { elements: dataset } = readPart10(bytes, { headerOnly: true });
    sopClass = textOf(dataset, Tag.SOPClassUID);
    instance = textOf(dataset, Tag.SOPInstanceUID);
  } catch {
    // The failure itself is reported by the caller; without UIDs the item only carries its reason.
  }
  return {
    [Tag.ReferencedSOPClassUID]: { vr: 'UI', ...(sopClass && { Value: [sopClass] }) },
    [Tag.ReferencedSOPInstanceUID]: { vr: 'UI', ...(instance && { Value: [instance] }) },
  };
}

function belongsTo(study: string | undefined, bytes: Uint8Array): boolean {
  if (!study) return true;
  const { elements: dataset } = readPart10(bytes, { headerOnly: true });
  return textOf(dataset, Tag.StudyInstanceUID) === study;
}

/**
 * Stores the parts of a STOW-RS request and builds its answer.
 * @param study the study that the address names, if it names one: objects of another are refused
 * @param urlOf address under which a stored object can be retrieved
 */
export async function storeParts(
  store: FileStore,
  parts: readonly Part[],
  study: string | undefined,
  urlOf: (instance: StoredInstance) => string,
  report: (message: string) => void,
): Promise<StowResult> {
  const stored: JsonDataset[] = [];
  const failed: JsonDataset[] = [];
  const refuse = (bytes: Uint8Array, reason: number) =>
    failed.push({ ...reference(bytes), [Tag.FailureReason]: { vr: 'US', Value: [reason] } });

  for (const { body } of parts) {
    try {
      if (!belongsTo(study, body)) {
        refuse(body, Reason.wrongStudy);
        continue;
      }
      const instance = await store.put(body);
      stored.push({
        [Tag.ReferencedSOPClassUID]: { vr: 'UI', Value: [instance.sopClass] },
        [Tag.ReferencedSOPInstanceUID]: { vr: 'UI', Value: [instance.instance] },
        [Tag.RetrieveURL]: { vr: 'UR', Value: [urlOf(instance)] },
      });
    } catch (error) {
      const instance = reference(body)[Tag.ReferencedSOPInstanceUID].Value?.[0] ?? 'an object';
      report(
        `STOW-RS refused ${String(instance)}: ${error instanceof Error ? error.message : String(error)}`,
      );
      refuse(body, reasonOf(error));
    }
  }
  return {
    status: failed.length === 0 ? 200 : stored.length === 0 ? 409 : 202,
    body: {
      ...(stored.length && { [Tag.ReferencedSOPSequence]: { vr: 'SQ', Value: stored } }),
      ...(failed.length && { [Tag.FailedSOPSequence]: { vr: 'SQ', Value: failed } }),
    },
  };
}
