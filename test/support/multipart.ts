import { randomUUID } from 'node:crypto';
import { MultipartParser } from '../../viewer/src/dicom/multipart.ts';

/** The parts of a message, given to the parser in pieces of some size. */
export function parseMultipart(body: Uint8Array, boundary: string, piece = Infinity): Buffer[] {
  const parser = new MultipartParser(boundary);
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += piece) {
    for (const { offset, length } of parser.push(body.subarray(at, at + piece))) {
      parts.push(Buffer.from(body.subarray(offset, offset + length)));
    }
  }
  parser.finish();
  return parts;
}

/** A multipart/related message of DICOM objects in memory, as a client sends it. */
export function multipartOf(files: readonly Uint8Array[]): { contentType: string; body: Buffer } {
  const boundary = `part-${randomUUID()}`;
  const chunks = files.flatMap((file) => [
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  return {
    contentType: `multipart/related; type="application/dicom"; boundary="${boundary}"`,
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}
