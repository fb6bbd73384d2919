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
}

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
