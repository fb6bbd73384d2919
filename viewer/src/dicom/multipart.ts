import { randomUUID } from 'node:crypto';

/** One part of a multipart/related message. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Why a message is not accepted as multipart/related. */
export class MalformedMultipartError extends Error {
  override name = 'MalformedMultipartError';
}

const CRLF = Buffer.from('\r\n');
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** The boundary that a Content-Type header names. */
export function boundaryOf(contentType: string): string {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (!boundary) throw new MalformedMultipartError('The Content-Type names no multipart boundary.');
  return boundary;
}

function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/**
 * Takes a multipart/related message apart.
 * @throws MalformedMultipartError if it is not well formed or was cut off.
 */
export function parseMultipart(body: Buffer, boundary: string): Part[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let position = body.indexOf(delimiter);
  if (position < 0) throw new MalformedMultipartError('The multipart boundary does not occur.');
  for (;;) {
    position += delimiter.length;
    if (body.subarray(position, position + 2).toString('latin1') === '--') return parts;
    const start = body.indexOf(CRLF, position);
    if (start < 0) break;
    // A part without headers begins with the blank line at once, so the search starts at this line's end.
    const headerEnd = body.indexOf(BLANK_LINE, start);
    const next = body.indexOf(Buffer.concat([CRLF, delimiter]), start);
    if (headerEnd < 0 || next < 0 || headerEnd > next) break;
    parts.push({
      headers: parseHeaders(body.subarray(start + 2, headerEnd).toString('latin1')),
      body: body.subarray(Math.min(headerEnd + 4, next), next),
    });
    position = next + 2;
  }
  throw new MalformedMultipartError('The multipart message is cut off or malformed.');
}

/** A multipart/related message in the making: its Content-Type and its chunks in order. */
export function writeMultipart(
  type: string,
  parts: Iterable<{ contentType: string; body: Uint8Array }>,
): { contentType: string; body: Buffer } {
  const boundary = `part-${randomUUID()}`;
  const chunks: Uint8Array[] = [];
  for (const { contentType, body } of parts) {
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`), body, CRLF);
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return {
    contentType: `multipart/related; type="${type}"; boundary="${boundary}"`,
    body: Buffer.concat(chunks),
  };
}
