import type { JsonDataset, JsonElement } from '../dicom/jsonModel.ts';
import { MalformedDicomError, textOf, UnsupportedSyntaxError } from '../dicom/part10.ts';
import { openPart10, type Part10File, type Place } from '../dicom/part10File.ts';
import { Tag } from '../dicom/tags.ts';
import { DuplicateInstanceError, type FileStore, type StoredInstance } from './fileStore.ts';

/** Failure reasons of PS3.18 table I.2-2 and PS3.7 annex C. */
const Reason = {
  processingFailure: 0x0110,
  duplicateInstance: 0x0111,
  wrongStudy: 0xa900,
  cannotUnderstand: 0xc000,
  syntaxNotSupported: 0xc122,
} as const;

/** What happened to the objects of one STOW-RS request. */
export interface StowResult {
  readonly status: 200 | 202 | 409;
  readonly body: JsonDataset;
}

function reasonOf(error: unknown): number {
  if (error instanceof DuplicateInstanceError) return Reason.duplicateInstance;
  if (error instanceof UnsupportedSyntaxError) return Reason.syntaxNotSupported;
  if (error instanceof MalformedDicomError) return Reason.cannotUnderstand;
  return Reason.processingFailure;
}

/** The UIDs of a refused object, as far as they could be read. */
function reference(file: Part10File | undefined): JsonDataset {
  const uid = (tag: string): JsonElement => {
    const text = file ? textOf(file.dataset, tag) : '';
    return { vr: 'UI', ...(text && { Value: [text] }) };
  };
  return {
    [Tag.ReferencedSOPClassUID]: uid(Tag.SOPClassUID),
    [Tag.ReferencedSOPInstanceUID]: uid(Tag.SOPInstanceUID),
  };
}

/**
 * Stores the objects of a STOW-RS request and builds its answer.
 * @param path of the file into which they were received
 * @param parts where they are in it
 * @param study the study that the address names, if it names one: objects of another are refused
 * @param urlOf address under which a stored object can be retrieved
 */
export async function storeParts(
  store: FileStore,
  path: string,
  parts: readonly Place[],
  study: string | undefined,
  urlOf: (instance: StoredInstance) => string,
  report: (message: string) => void,
): Promise<StowResult> {
  const stored: JsonDataset[] = [];
  const failed: JsonDataset[] = [];
  const refuse = (file: Part10File | undefined, reason: number) =>
    failed.push({ ...reference(file), [Tag.FailureReason]: { vr: 'US', Value: [reason] } });

  for (const part of parts) {
    let file: Part10File | undefined;
    try {
      file = await openPart10(path, part);
      if (study && textOf(file.dataset, Tag.StudyInstanceUID) !== study) {
        refuse(file, Reason.wrongStudy);
        continue;
      }
      const instance = await store.take(file);
      stored.push({
        [Tag.ReferencedSOPClassUID]: { vr: 'UI', Value: [instance.sopClass] },
        [Tag.ReferencedSOPInstanceUID]: { vr: 'UI', Value: [instance.instance] },
        [Tag.RetrieveURL]: { vr: 'UR', Value: [urlOf(instance)] },
      });
    } catch (error) {
      report(
        `STOW-RS refused an object: ${error instanceof Error ? error.message : String(error)}`,
      );
      refuse(file, reasonOf(error));
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
