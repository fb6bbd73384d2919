import { randomUUID } from 'node:crypto';
import type { Place } from './part10File.ts';

/** Why a message is not accepted as multipart/related. */
export class MalformedMultipartError extends Error {
  override name = 'MalformedMultipartError';
}

const BLANK_LINE = Buffer.from('\r\n\r\n');
/** RFC 2046 allows 70. */
const LONGEST_BOUNDARY = 200;
const LARGEST_HEADERS = 16384;

/** The boundary that a Content-Type header names. */
export function boundaryOf(contentType: string): string {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (!boundary) throw new MalformedMultipartError('The Content-Type names no multipart boundary.');
  if (boundary.length > LONGEST_BOUNDARY) {
    throw new MalformedMultipartError('The multipart boundary is too long.');
  }
  return boundary;
}

const malformed = () =>
  new MalformedMultipartError('The multipart message is cut off or malformed.');

/**
 * Finds the parts of a multipart/related message as it arrives, without keeping more of it than a boundary and
 * the headers of one part.
 */
export class MultipartParser {
  readonly #delimiter: Buffer;
  /** What is not told apart yet. The first boundary may do without the line end that belongs to all others. */
  #pending: Buffer = Buffer.from('\r\n');
  /** Where that begins in the message. */
  #at = -2;
  #state: 'preamble' | 'headers' | 'body' | 'epilogue' = 'preamble';
  #bodyStart = 0;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /**
   * Takes the next bytes of the message and tells where in the message the bodies of the parts are that end in them.
   * @throws MalformedMultipartError if it is not well formed
   */
  *push(chunk: Uint8Array): Generator<Place> {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const before = this.#state;
      if (before === 'epilogue') this.#drop(this.#pending.length);
      else if (before === 'headers') this.#headers();
      else yield* this.#untilDelimiter();
      if (this.#state === before) return;
    }
  }

  /** @throws MalformedMultipartError if the message ended before its last boundary */
  finish(): void {
    if (this.#state === 'preamble') {
      throw new MalformedMultipartError('The multipart boundary does not occur.');
    }
    if (this.#state !== 'epilogue') throw malformed();
  }

  #drop(length: number): void {
    this.#pending = this.#pending.subarray(length);
    this.#at += length;
  }

  *#untilDelimiter(): Generator<Place> {
    const at = this.#pending.indexOf(this.#delimiter);
    if (at < 0) {
      // What may be the beginning of a boundary waits for the rest.
      this.#drop(Math.max(0, this.#pending.length - this.#delimiter.length + 1));
      return;
    }
    if (this.#state === 'body') {
      yield { offset: this.#bodyStart, length: this.#at + at - this.#bodyStart };
    }
    this.#drop(at + this.#delimiter.length);
    this.#state = 'headers';
  }

  #headers(): void {
    if (this.#pending.length < 2) return;
    if (this.#pending.toString('latin1', 0, 2) === '--') {
      this.#state = 'epilogue';
      return;
    }
    // A part without headers begins with the blank line at once.
    const end = this.#pending.indexOf(BLANK_LINE);
    const read = end < 0 ? this.#pending : this.#pending.subarray(0, end);
    if (read.length > LARGEST_HEADERS || read.includes(this.#delimiter)) throw malformed();
    if (end < 0) return;
    this.#drop(end + BLANK_LINE.length);
    this.#bodyStart = this.#at;
    this.#state = 'body';
  }
}

/** One part of a message to send. */
export interface OutgoingPart {
  readonly contentType: string;
  /** Bytes. */
  readonly length: number;
  readonly body: () => AsyncIterable<Uint8Array>;
}

/** A multipart/related message to send: its type, its length and its bytes, which are read as they are sent. */
export function writeMultipart(
  type: string,
  parts: readonly OutgoingPart[],
): { contentType: string; length: number; body: () => AsyncGenerator<Uint8Array> } {
  const boundary = `part-${randomUUID()}`;
  const headOf = ({ contentType }: OutgoingPart) =>
    Buffer.from(`--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`);
  const lineEnd = Buffer.from('\r\n');
  const last = Buffer.from(`--${boundary}--\r\n`);
  let length = last.length;
  for (const part of parts) length += headOf(part).length + part.length + lineEnd.length;
  return {
    contentType: `multipart/related; type="${type}"; boundary="${boundary}"`,
    length,
    async *body() {
      for (const part of parts) {
        yield headOf(part);
        yield* part.body();
        yield lineEnd;
      }
      yield last;
    },
  };
}
