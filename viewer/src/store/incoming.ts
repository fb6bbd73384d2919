import { open } from 'node:fs/promises';
import { MalformedMultipartError, MultipartParser } from '../dicom/multipart.ts';
import type { Place } from '../dicom/part10File.ts';

/** What one STOW-RS request may hold. */
export interface UploadLimits {
  /** Bytes of its body. */
  readonly bytes: number;
  readonly parts: number;
}

/** A thin-slice head CT with room to spare. */
export const uploadLimits: UploadLimits = { bytes: 2 ** 31, parts: 5000 };

/** A request holds more than the store takes; the message is for the sender. */
export class TooLargeError extends Error {
  override name = 'TooLargeError';
}

const tooManyBytes = ({ bytes }: UploadLimits) =>
  new TooLargeError(
    `A request may have at most ${Math.floor(bytes / 2 ** 20)} MB: send the objects in several.`,
  );

/** Refuses a request by the length that it announces, before any of it is read. */
export function assertAnnounced(length: string | undefined, limits: UploadLimits): void {
  if (Number(length ?? 0) > limits.bytes) throw tooManyBytes(limits);
}

/**
 * Receives a multipart message into a file, a piece at a time.
 * @param path of the file to make, which is the caller's to remove whatever happens
 * @returns where in it the parts are
 * @throws MalformedMultipartError, TooLargeError
 */
export async function receiveParts(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
  path: string,
  limits: UploadLimits,
): Promise<Place[]> {
  const parser = new MultipartParser(boundary);
  const parts: Place[] = [];
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > limits.bytes) throw tooManyBytes(limits);
      for (const part of parser.push(chunk)) {
        if (parts.push(part) > limits.parts) {
          throw new TooLargeError(
            `A request may have at most ${limits.parts} objects: send them in several.`,
          );
        }
      }
      await file.appendFile(chunk);
    }
    parser.finish();
  } finally {
    await file.close();
  }
  if (parts.length === 0) throw new MalformedMultipartError('The request contains no objects.');
  return parts;
}
