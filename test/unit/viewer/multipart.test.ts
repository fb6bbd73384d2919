import { describe, expect, it } from 'vitest';
import {
  boundaryOf,
  MalformedMultipartError,
  parseMultipart,
  writeMultipart,
} from '../../../viewer/src/dicom/multipart.ts';

describe('multipart/related', () => {
  it('gives back binary parts that contain line ends and dashes', () => {
    const bodies = [
      Buffer.from('\r\n--\r\n\r\n--x'),
      Buffer.alloc(0),
      Buffer.from([0, 255, 13, 10]),
    ];
    const { contentType, body } = writeMultipart(
      'application/dicom',
      bodies.map((part) => ({ contentType: 'application/dicom', body: part })),
    );
    const parts = parseMultipart(body, boundaryOf(contentType));
    expect(parts.map((part) => Buffer.from(part.body))).toEqual(bodies);
    expect(parts[0].headers['content-type']).toBe('application/dicom');
  });

  it('passes over a preamble and reads an unquoted boundary', () => {
    const body = Buffer.from('preamble\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--\r\nepilogue');
    const parts = parseMultipart(body, boundaryOf('multipart/related; boundary=b; type=x'));
    expect(parts).toHaveLength(1);
    expect(Buffer.from(parts[0].body).toString()).toBe('x');
  });

  it.each(['', '--b', '--b\r\nA: 1\r\n\r\nx', '--b\r\nA: 1\r\n--b--'])(
    'refuses the malformed message %j',
    (text) => {
      expect(() => parseMultipart(Buffer.from(text), 'b')).toThrow(MalformedMultipartError);
    },
  );

  it('refuses a content type without a boundary', () => {
    expect(() => boundaryOf('multipart/related')).toThrow(MalformedMultipartError);
  });
});
