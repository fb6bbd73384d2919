import { open } from 'node:fs/promises';
import type { Place } from '../dicom/part10File.ts';

const STEP = 1 << 20;

/** Whether a file has the same bytes as a place in another. */
export async function sameBytes(
  first: string,
  second: string,
  { offset, length }: Place,
): Promise<boolean> {
  const [a, b] = [await open(first), await open(second)];
  try {
    if (length !== (await a.stat()).size) return false;
    const [left, right] = [Buffer.alloc(STEP), Buffer.alloc(STEP)];
    for (let at = 0; at < length; at += STEP) {
      const step = Math.min(STEP, length - at);
      const read = [
        await a.read(left, 0, step, at),
        await b.read(right, 0, step, offset + at),
      ] as const;
      if (read.some(({ bytesRead }) => bytesRead !== step)) return false;
      if (!left.subarray(0, step).equals(right.subarray(0, step))) return false;
    }
    return true;
  } finally {
    await a.close();
    await b.close();
  }
}
