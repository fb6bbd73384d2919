import { contentTime } from '../../dicom/ct/derivedObject.ts';
import { parsePart10 } from '../../dicom/part10/part10.ts';
import { newUid } from '../../dicom/part10/uid.ts';

/** When an object was made, and its UIDs in the order in which they are asked for. */
export interface Identity {
  readonly now: Date;
  readonly newUid: () => string;
}

/** Objects that belong together, such as the pieces of an implant. */
export interface Written {
  readonly files: readonly ArrayBuffer[];
  /** Numbers of those that are in the PACS, read back and compared. */
  readonly stored: Set<number>;
}

interface Kept extends Written {
  readonly now: Date;
  readonly uids: string[];
}

/**
 * Remembers what was written of each study. The same content is the same object, with the same UIDs, whether it is
 * downloaded or stored, now or later: what was stored once is not stored again.
 */
export class WrittenObjects {
  private readonly kept = new Map<string, Kept>();

  /**
   * @param key names study and object
   * @param encode the objects; the same ones for the same identity as long as their content is the same
   */
  write(key: string, encode: (identity: Identity) => readonly ArrayBuffer[]): Written {
    const before = this.kept.get(key);
    if (before) {
      const again = encode(identityOf(before.now, [...before.uids]));
      if (sameFiles(again, before.files)) return before;
    }
    const [now, uids]: [Date, string[]] = [new Date(), []];
    const kept = { now, uids, files: encode(identityOf(now, uids)), stored: new Set<number>() };
    this.kept.set(key, kept);
    return kept;
  }

  /**
   * Takes objects for written by this session that were stored by another one, if the same would be written now. So
   * what was stored is not stored again.
   *
   * @param encode as for `write`
   * @param differ what differs between an object and a stored one; undefined if nothing
   * @returns whether they are the same
   */
  adopt(
    key: string,
    encode: (identity: Identity) => readonly ArrayBuffer[],
    stored: readonly ArrayBuffer[],
    differ: (written: ArrayBuffer, stored: ArrayBuffer) => string | undefined,
  ): boolean {
    const now = stored.length > 0 && contentTime(parsePart10(stored[0]).dataset);
    if (!now) return false;
    // Where the writer puts new UIDs the stored objects have theirs.
    const fresh: string[] = [];
    const sample = encode(identityOf(now, fresh));
    if (sample.length !== stored.length) return false;
    const found = new Map<string, string>();
    sample.forEach((file, n) =>
      findCounterparts(parsePart10(file).dataset, parsePart10(stored[n]).dataset, fresh, found),
    );
    const uids = fresh.flatMap((uid) => found.get(uid) ?? []);
    if (uids.length !== fresh.length) return false;
    const files = encode(identityOf(now, uids));
    if (files.some((file, n) => differ(file, stored[n]) !== undefined)) return false;
    this.kept.set(key, { now, uids, files, stored: new Set(files.keys()) });
    return true;
  }
}

/** Finds what stands in one data set in the places where another has certain UIDs. */
function findCounterparts(
  written: unknown,
  stored: unknown,
  uids: readonly string[],
  found: Map<string, string>,
): void {
  if (typeof written === 'string') {
    if (typeof stored === 'string' && uids.includes(written)) found.set(written, stored);
    return;
  }
  if (typeof written !== 'object' || written === null || isBytes(written)) return;
  if (typeof stored !== 'object' || stored === null) return;
  for (const [name, value] of Object.entries(written))
    findCounterparts(value, (stored as Record<string, unknown>)[name], uids, found);
}

const isBytes = (value: object): boolean =>
  ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

/** Hands out the UIDs of a list, and extends it by new ones. */
function identityOf(now: Date, uids: string[]): Identity {
  let next = 0;
  return { now, newUid: () => (uids[next++] ??= newUid()) };
}

function sameFiles(a: readonly ArrayBuffer[], b: readonly ArrayBuffer[]): boolean {
  return a.length === b.length && a.every((file, n) => sameBytes(file, b[n]));
}

function sameBytes(a: ArrayBuffer, b: ArrayBuffer): boolean {
  if (a.byteLength !== b.byteLength) return false;
  const [first, second] = [new Uint8Array(a), new Uint8Array(b)];
  for (let i = 0; i < first.length; i++) if (first[i] !== second[i]) return false;
  return true;
}
