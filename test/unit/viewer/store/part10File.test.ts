import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertComplete, findFrame, readFrame } from '../../../../viewer/src/dicom/frames.ts';
import { MalformedDicomError } from '../../../../viewer/src/dicom/part10.ts';
import { openPart10, type Part10File } from '../../../../viewer/src/dicom/part10File.ts';
import { demoSlices } from '../../../support/demo.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const [slice] = demoSlices(1);
const mainStart = 144 + slice.readUInt32LE(140);
const pixelStart = slice.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x57]));

function item(tag: number, body = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0xfffe, 0);
  header.writeUInt16LE(tag, 2);
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body]);
}

const short = (tag: [number, number], vr: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.from(new Uint16Array(tag).buffer),
    Buffer.from(vr),
    Buffer.from(new Uint16Array([value.length]).buffer),
    Buffer.from(value),
  ]);

/** The slice with compressed pixel data: so many frames in the fragments given. */
function compressed(frames: number, table: readonly number[], ...fragments: string[]): Buffer {
  const offsets = Buffer.from(new Uint32Array(table).buffer);
  const header = slice.subarray(mainStart, pixelStart);
  const syntax = short([2, 0x10], 'UI', JPEG_LOSSLESS);
  const rows = header.indexOf(Buffer.from([0x28, 0, 0x10, 0]));
  return Buffer.concat([
    slice.subarray(0, 132),
    Buffer.from('02000000554c0400', 'hex'),
    Buffer.from(new Uint32Array([syntax.length]).buffer),
    syntax,
    header.subarray(0, rows),
    short([0x28, 8], 'IS', String(frames).padEnd(2)),
    header.subarray(rows),
    Buffer.from('e07f10004f420000ffffffff', 'hex'),
    item(0xe000, offsets),
    ...fragments.map((text) => item(0xe000, Buffer.from(text))),
    item(0xe0dd),
  ]);
}

async function opened(bytes: Buffer, ahead = 0): Promise<Part10File> {
  const path = join(await temporaryFolder(), 'file.dcm');
  await writeFile(path, Buffer.concat([Buffer.alloc(ahead), bytes, Buffer.alloc(ahead)]));
  return openPart10(path, { offset: ahead, length: bytes.length });
}

async function frameOf(file: Part10File, number: number): Promise<string | undefined> {
  const frame = findFrame(file, number);
  if (!frame) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of readFrame(file, frame)) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

describe('a DICOM object on disk', () => {
  it('is found within a larger file', async () => {
    const file = await opened(slice, 1000);
    assertComplete(file);
    expect(await frameOf(file, 1)).toBe(slice.toString('latin1', pixelStart + 12));
  });

  it.each<[string, Buffer, (string | undefined)[]]>([
    ['a fragment each', compressed(2, [], 'first.', 'second'), ['first.', 'second', undefined]],
    ['one frame in fragments', compressed(1, [], 'fi', 'rst.'), ['first.', undefined]],
    ['an offset table', compressed(2, [0, 20], 'fi', 'rs', 'second'), ['firs', 'second']],
    ['too little said of fragments', compressed(2, [], 'a.', 'b.', 'c.'), [undefined, undefined]],
  ])('has frames compressed with %s', async (_, bytes, frames) => {
    const file = await opened(bytes, 10);
    assertComplete(file);
    for (const [n, frame] of frames.entries()) expect(await frameOf(file, n + 1)).toBe(frame);
  });

  it.each<[string, Buffer]>([
    ['ends in its pixels', slice.subarray(0, slice.length - 1)],
    ['ends ahead of its pixels', slice.subarray(0, pixelStart)],
    ['has fewer fragments than frames', compressed(3, [], 'first.', 'second')],
    ['ends in a fragment', compressed(1, [], 'first.').subarray(0, -11)],
    ['ends before the last delimiter', compressed(1, [], 'first.').subarray(0, -8)],
  ])('is refused when it %s', async (_, bytes) => {
    const file = await opened(bytes);
    expect(() => assertComplete(file)).toThrow('The pixel data of the DICOM file are cut off.');
  });

  it('is refused when its size is none or its fragments are none', async () => {
    const file = await opened(compressed(-1, [], 'first.'));
    expect(() => assertComplete(file)).toThrow('no valid size of its pixel data');
    const odd = compressed(1, [], 'first.');
    odd.writeUInt16LE(0x1234, odd.length - 22);
    await expect(opened(odd)).rejects.toThrow(MalformedDicomError);
  });
});
