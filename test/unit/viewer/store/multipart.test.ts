import { describe, expect, it } from 'vitest';
import {
  boundaryOf,
  MalformedMultipartError,
  writeMultipart,
} from '../../../../viewer/src/dicom/multipart.ts';
import { multipartOf, parseMultipart } from '../../../support/multipart.ts';

const pieces = [1, 2, 3, 7, Infinity];

describe('multipart/related', () => {
  it.each(pieces)('gives back parts with line ends and dashes, %d bytes at a time', (piece) => {
    const bodies = [
      Buffer.from('\r\n--\r\n\r\n--x'),
      Buffer.alloc(0),
      Buffer.from([0, 255, 13, 10]),
      Buffer.from('\r\n--part-'),
    ];
    const { contentType, body } = multipartOf(bodies);
    expect(parseMultipart(body, boundaryOf(contentType), piece)).toEqual(bodies);
  });

  it('writes what it reads, and as long as it says', async () => {
    const bodies = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('\r\n')];
    const message = writeMultipart(
      'application/dicom',
      bodies.map((bytes) => ({
        contentType: 'application/dicom',
        length: bytes.length,
        async *body() {
          yield bytes;
        },
      })),
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of message.body()) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    expect(body).toHaveLength(message.length);
    expect(parseMultipart(body, boundaryOf(message.contentType))).toEqual(bodies);
  });

  it.each(pieces)('passes over a preamble and what follows, %d bytes at a time', (piece) => {
    const body = Buffer.from('preamble\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--\r\nepilogue');
    const boundary = boundaryOf('multipart/related; boundary=b; type=x');
    expect(parseMultipart(body, boundary, piece).map(String)).toEqual(['x']);
  });

  it.each([
    '',
    '--b',
    '--b\r\nA: 1\r\n\r\nx',
    '--b\r\nA: 1\r\n--b--',
    '--b\r\nA: 1\r\n--b\r\n\r\nx\r\n--b--',
    `--b\r\nA: ${'1'.repeat(20_000)}\r\n\r\nx\r\n--b--`,
  ])('refuses the malformed message %#', (text) => {
    expect(() => parseMultipart(Buffer.from(text), 'b')).toThrow(MalformedMultipartError);
  });

  it.each(['multipart/related', `multipart/related; boundary=${'b'.repeat(300)}`])(
    'refuses a content type without a boundary of use',
    (contentType) => {
      expect(() => boundaryOf(contentType)).toThrow(MalformedMultipartError);
    },
  );
});
