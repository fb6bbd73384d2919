import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertComplete } from '../dicom/frames.ts';
import { toDicomJson, type JsonDataset } from '../dicom/jsonModel.ts';
import { isUid, MalformedDicomError, textOf, type Dataset } from '../dicom/part10.ts';
import { openPart10, streamPlace, type Part10File } from '../dicom/part10File.ts';
import { Tag } from '../dicom/tags.ts';
import { isTemporary, moveAtomically, temporaryIn } from './atomicFile.ts';
import { sameBytes } from './sameBytes.ts';

/** What the store knows of an object without opening its file. */
export interface StoredInstance {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly sopClass: string;
  readonly path: string;
  /** The attributes that queries match and return. */
  readonly attributes: JsonDataset;
}

/** An object with this UID but other content is there already. */
export class DuplicateInstanceError extends Error {
  override name = 'DuplicateInstanceError';
}

/** Which part of the store a request is about. */
export interface Scope {
  readonly study?: string;
  readonly series?: string;
  readonly instance?: string;
}

const INDEXED_TAGS = [
  Tag.SpecificCharacterSet,
  Tag.SOPClassUID,
  Tag.SOPInstanceUID,
  Tag.StudyDate,
  Tag.StudyTime,
  Tag.AccessionNumber,
  Tag.Modality,
  Tag.ReferringPhysicianName,
  Tag.StudyDescription,
  Tag.SeriesDescription,
  Tag.PatientName,
  Tag.PatientID,
  Tag.PatientBirthDate,
  Tag.PatientSex,
  Tag.StudyInstanceUID,
  Tag.SeriesInstanceUID,
  Tag.StudyID,
  Tag.SeriesNumber,
  Tag.InstanceNumber,
  Tag.FrameOfReferenceUID,
  Tag.NumberOfFrames,
  Tag.Rows,
  Tag.Columns,
  Tag.BitsAllocated,
] as const;

function pick(dataset: Dataset): JsonDataset {
  const entries = INDEXED_TAGS.filter((tag) => dataset[tag]).map((tag) => [tag, dataset[tag]]);
  return toDicomJson(Object.fromEntries(entries) as Dataset);
}

function requireUid(dataset: Dataset, tag: string, name: string): string {
  const uid = textOf(dataset, tag);
  if (!isUid(uid)) throw new MalformedDicomError(`The object has no valid ${name}.`);
  return uid;
}

/**
 * DICOM objects as files, one folder a study and one a series. The index is kept in memory and rebuilt from the
 * files at start, so there is nothing that could disagree with them.
 */
export class FileStore {
  readonly #folder: string;
  readonly #instances = new Map<string, StoredInstance>();
  /** Writes of the same object wait for each other, so that a duplicate is seen whatever the timing. */
  readonly #writing = new Map<string, Promise<unknown>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens a folder, creating it if need be. Files that cannot be read are left out and reported. */
  static async open(folder: string, report: (message: string) => void): Promise<FileStore> {
    const store = new FileStore(folder);
    await mkdir(folder, { recursive: true });
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      if (isTemporary(entry.name)) {
        await rm(path, { force: true });
      } else if (entry.name.endsWith('.dcm')) {
        try {
          store.#add({ ...store.#describe(await openPart10(path)), path });
        } catch (error) {
          report(`${path} is left out: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
    return store;
  }

  get size(): number {
    return this.#instances.size;
  }

  /** Objects in a scope, by instance number. */
  find(scope: Scope = {}): StoredInstance[] {
    const found = [...this.#instances.values()].filter(
      (item) =>
        (!scope.study || item.study === scope.study) &&
        (!scope.series || item.series === scope.series) &&
        (!scope.instance || item.instance === scope.instance),
    );
    const order = (item: StoredInstance) =>
      Number(item.attributes[Tag.InstanceNumber]?.Value?.[0] ?? 0);
    return found.sort((a, b) => order(a) - order(b));
  }

  /** A path for an object that is being received; what is left there is removed when the store opens again. */
  temporary(): string {
    return temporaryIn(this.#folder);
  }

  /**
   * Keeps an object in memory, as `take` does.
   * @throws MalformedDicomError, DuplicateInstanceError
   */
  async put(bytes: Uint8Array): Promise<StoredInstance> {
    const path = this.temporary();
    try {
      await writeFile(path, bytes, { flag: 'wx' });
      return await this.take(await openPart10(path));
    } finally {
      await rm(path, { force: true });
    }
  }

  /**
   * Keeps an object that was received into a file. Sending the same bytes again changes nothing.
   * @param received is copied into the store
   * @throws MalformedDicomError if it is not a complete DICOM object
   * @throws DuplicateInstanceError if other content has the same SOP Instance UID
   */
  async take(received: Part10File): Promise<StoredInstance> {
    assertComplete(received);
    const described = this.#describe(received);
    const { instance } = described;
    const previous = this.#writing.get(instance) ?? Promise.resolve();
    const writing = previous.catch(() => undefined).then(() => this.#keep(described, received));
    this.#writing.set(instance, writing);
    try {
      return await writing;
    } finally {
      if (this.#writing.get(instance) === writing) this.#writing.delete(instance);
    }
  }

  async #keep(described: StoredInstance, received: Part10File): Promise<StoredInstance> {
    const existing = this.#instances.get(described.instance);
    if (existing) {
      if (await sameBytes(existing.path, received.path, received.place)) return existing;
      throw new DuplicateInstanceError(
        'Another object with this SOP Instance UID is stored already and was kept.',
      );
    }
    const path = this.temporary();
    try {
      await writeFile(path, streamPlace(received.path, received.place), { flag: 'wx' });
      await moveAtomically(path, described.path);
    } finally {
      await rm(path, { force: true });
    }
    this.#add(described);
    return described;
  }

  #add(described: StoredInstance): void {
    this.#instances.set(described.instance, described);
  }

  #describe({ dataset }: Part10File): StoredInstance {
    const study = requireUid(dataset, Tag.StudyInstanceUID, 'Study Instance UID');
    const series = requireUid(dataset, Tag.SeriesInstanceUID, 'Series Instance UID');
    const instance = requireUid(dataset, Tag.SOPInstanceUID, 'SOP Instance UID');
    const sopClass = requireUid(dataset, Tag.SOPClassUID, 'SOP Class UID');
    return {
      study,
      series,
      instance,
      sopClass,
      path: join(this.#folder, study, series, `${instance}.dcm`),
      attributes: pick(dataset),
    };
  }
}
