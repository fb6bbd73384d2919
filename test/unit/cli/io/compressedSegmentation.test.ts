import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPatchInput } from '../../../../cli/src/io/patchInput.ts';
import { readSkullInput } from '../../../../cli/src/io/skullInput.ts';
import { parsePart10, transferSyntax } from '../../../../extension/src/dicom/part10/part10.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import {
  phantomCases,
  phantomCt,
  phantomSegments,
  uidSource,
} from '../../../conformance/phantom.ts';
import {
  binaryFrames,
  join as joined,
  packFrames,
  rewrite,
  type Contents,
} from '../../dicom/rewrite.ts';

/** 2 segments on 9 slices of 61 × 47 pixels: no slice of single bits ends at a byte border. */
const { series } = phantomCt({ ...phantomCases[2].grid, size: [61, 47, 9] });
const segments = phantomSegments(series.grid);
const binary = writeSegmentation(
  segments,
  { ct: series },
  { seriesDescription: 'Cranioplasty', newUid: uidSource(7), now: new Date(0) },
);

let folder = '';
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-seg-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(file: ArrayBuffer): string {
  const path = join(folder, `${++count}.dcm`);
  writeFileSync(path, new Uint8Array(file));
  return path;
}

type Type = 'BINARY' | 'FRACTIONAL' | 'LABELMAP';

/** Makes the frames 8 or 16 bits deep; a label map has but the second segment, as 2 or as 300. */
function deepen(contents: Contents, type: Exclude<Type, 'BINARY'>, bytes: 1 | 2): void {
  const { dataset } = contents;
  const label = bytes === 1 ? 2 : 300;
  let frames = binaryFrames(contents);
  if (type === 'LABELMAP') {
    const groups = dataset.PerFrameFunctionalGroupsSequence;
    const second = groups.map(
      (group) => group['SegmentIdentificationSequence'][0]['ReferencedSegmentNumber'] === 2,
    );
    frames = frames.filter((_, f) => second[f]);
    dataset.PerFrameFunctionalGroupsSequence = groups.filter((_, f) => second[f]);
    dataset.SegmentSequence.shift();
    dataset.SegmentSequence[0]['SegmentNumber'] = label;
    dataset['SOPClassUID'] = '1.2.840.10008.5.1.4.1.1.66.7';
    dataset['NumberOfFrames'] = frames.length;
  } else {
    dataset['SegmentationFractionalType'] = 'OCCUPANCY';
    dataset['MaximumFractionalValue'] = 200;
  }
  const value = type === 'LABELMAP' ? label : 200;
  contents.pixels = [
    joined(
      frames.map((frame) => {
        const values = new Uint8Array(frame.length * bytes);
        frame.forEach((v, p) => {
          if (bytes === 1) values[p] = v * value;
          else new DataView(values.buffer).setUint16(2 * p, v * value, true);
        });
        return values;
      }),
    ),
  ];
  Object.assign(dataset, {
    SegmentationType: type,
    BitsAllocated: 8 * bytes,
    BitsStored: 8 * bytes,
    HighBit: 8 * bytes - 1,
  });
}

/** An uncompressed segmentation of that type. */
const plain = (type: Type, bytes: 1 | 2 = 1): ArrayBuffer =>
  type === 'BINARY' ? binary : rewrite(binary, (contents) => deepen(contents, type, bytes));

/** The same file, compressed by a program of the DCMTK. */
function byProgram(file: ArrayBuffer, program: string, ...options: string[]): string {
  const path = write(file);
  const { status, stderr } = spawnSync(program, [...options, path, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return path;
}

/** The same file, each frame encoded on its own. */
function byFrame(
  file: ArrayBuffer,
  syntax: string,
  encode: (frame: Uint8Array) => Uint8Array,
): ArrayBuffer {
  return rewrite(file, (contents) => {
    const { dataset, pixels } = contents;
    const [columns, rows, frames] = ['Columns', 'Rows', 'NumberOfFrames'].map((name) =>
      Number(dataset[name]),
    );
    const all =
      Number(dataset['BitsAllocated']) === 1
        ? binaryFrames(contents)
        : Array.from({ length: frames }, (_, f) => {
            const length = (columns * rows * Number(dataset['BitsAllocated'])) / 8;
            return pixels[0].subarray(f * length, (f + 1) * length);
          });
    contents.syntax = syntax;
    contents.pixels = all.map((frame) => {
      const encoded = encode(frame);
      return encoded.length % 2 === 0 ? encoded : joined([encoded, new Uint8Array(1)]);
    });
  });
}

interface J2kEncoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}

async function jpeg2000(file: ArrayBuffer, bits: number, syntax: string): Promise<string> {
  const load = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/wasmjs') as (
    options: object,
  ) => Promise<{ J2KEncoder: new () => J2kEncoder }>;
  const { J2KEncoder } = await load({ print: () => {} });
  const [width, height] = series.grid.size;
  const info = { width, height, bitsPerSample: bits, componentCount: 1, isSigned: false };
  return write(
    byFrame(file, syntax, (frame) => {
      const encoder = new J2KEncoder();
      encoder.getDecodedBuffer(info).set(frame);
      encoder.encode();
      const encoded = new Uint8Array(encoder.getEncodedBuffer());
      encoder.delete();
      return encoded;
    }),
  );
}

/**
 * Single bits in RLE (PS3.5, 8.2.2): the bits of each frame packed from a byte of their own on. The DCMTK encodes no
 * single bits, but the bytes that they are packed in.
 */
function rleOfBits(): string {
  const asBytes = rewrite(binary, (contents) => {
    const frames = binaryFrames(contents);
    const packed = frames.map((frame) =>
      packFrames([frame]).subarray(0, Math.ceil(frame.length / 8)),
    );
    contents.pixels = [joined(packed)];
    Object.assign(contents.dataset, {
      Rows: 1,
      Columns: packed[0].length,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
    });
  });
  const { pixelData } = parsePart10(new Uint8Array(readFileSync(byProgram(asBytes, 'dcmcrle'))));
  let f = 0;
  return write(byFrame(binary, transferSyntax.rleLossless, () => pixelData[f++]));
}

const deflated = (type: Type, bytes: 1 | 2 = 1): string =>
  write(
    byFrame(plain(type, bytes), transferSyntax.deflatedFrames, (frame) =>
      deflateRawSync(type === 'BINARY' ? packFrames([frame]) : frame),
    ),
  );

const cases: [string, number, () => string | Promise<string>][] = [
  ['BINARY, RLE', 2, rleOfBits],
  ['BINARY, JPEG 2000', 2, () => jpeg2000(binary, 1, transferSyntax.jpeg2000Lossless)],
  ['BINARY, deflated frames', 2, () => deflated('BINARY')],
  ['FRACTIONAL, RLE', 2, () => byProgram(plain('FRACTIONAL'), 'dcmcrle')],
  ['FRACTIONAL, JPEG lossless', 2, () => byProgram(plain('FRACTIONAL'), 'dcmcjpeg', '+e1')],
  ['FRACTIONAL, JPEG-LS', 2, () => byProgram(plain('FRACTIONAL'), 'dcmcjpls')],
  [
    'FRACTIONAL, JPEG 2000',
    2,
    () => jpeg2000(plain('FRACTIONAL'), 8, transferSyntax.jpeg2000Lossless),
  ],
  ['LABELMAP of 8 bits, RLE', 2, () => byProgram(plain('LABELMAP'), 'dcmcrle')],
  ['LABELMAP of 8 bits, JPEG lossless', 2, () => byProgram(plain('LABELMAP'), 'dcmcjpeg', '+e1')],
  ['LABELMAP of 8 bits, JPEG-LS', 2, () => byProgram(plain('LABELMAP'), 'dcmcjpls')],
  [
    'LABELMAP of 8 bits, JPEG 2000',
    2,
    () => jpeg2000(plain('LABELMAP'), 8, transferSyntax.jpeg2000Lossless),
  ],
  ['LABELMAP of 8 bits, deflated frames', 2, () => deflated('LABELMAP')],
  ['LABELMAP of 16 bits, RLE', 300, () => byProgram(plain('LABELMAP', 2), 'dcmcrle')],
  [
    'LABELMAP of 16 bits, JPEG lossless',
    300,
    () => byProgram(plain('LABELMAP', 2), 'dcmcjpeg', '+e1'),
  ],
  ['LABELMAP of 16 bits, JPEG-LS', 300, () => byProgram(plain('LABELMAP', 2), 'dcmcjpls')],
  [
    'LABELMAP of 16 bits, JPEG 2000',
    300,
    () => jpeg2000(plain('LABELMAP', 2), 16, transferSyntax.jpeg2000Lossless),
  ],
  ['LABELMAP of 16 bits, deflated frames', 300, () => deflated('LABELMAP', 2)],
];

const ct = { series, volume: { grid: series.grid, data: new Int16Array() } };

async function refusal(path: string): Promise<CranioplastyError> {
  const error: unknown = await readSkullInput(path, 2, ct).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CranioplastyError) return error;
  throw error ?? new Error('nothing was refused');
}

describe('a compressed segmentation', () => {
  it.each(cases)('is read bit for bit: %s', async (_, number, make) => {
    const path = await make();
    const skull = await readSkullInput(path, number, ct);
    expect(skull.mask.data).toEqual(segments[1].mask.data);
    const patch = await readPatchInput(path, skull, { segment: number, ct });
    expect(patch.mask.data).toEqual(segments[1].mask.data);
    // A frame that ends too early is refused by name, never filled up.
    const bytes = readFileSync(path);
    const { transferSyntaxUID } = parsePart10(bytes);
    const damaged = write(
      rewrite(new Uint8Array(bytes).buffer, (contents) => {
        contents.syntax = transferSyntaxUID;
        contents.pixels = contents.pixels.map((piece) => piece.subarray(0, piece.length >> 1));
      }),
    );
    await expect(readSkullInput(damaged, number, ct)).rejects.toMatchObject({
      code: 'bad-segmentation',
      message: expect.stringMatching(
        /^\d+\.dcm: .*(damaged \(|cannot be decompressed, it is damaged)/,
      ) as string,
    });
  });

  const lossy: [string, string, () => string | Promise<string>][] = [
    [
      'JPEG Baseline',
      '1.2.840.10008.1.2.4.50',
      () => byProgram(plain('FRACTIONAL'), 'dcmcjpeg', '+eb'),
    ],
    [
      'JPEG Extended',
      '1.2.840.10008.1.2.4.51',
      () => byProgram(plain('FRACTIONAL'), 'dcmcjpeg', '+ee'),
    ],
    [
      'JPEG-LS Near-Lossless',
      transferSyntax.jpegLsNearLossless,
      () => byProgram(plain('FRACTIONAL'), 'dcmcjpls', '+en'),
    ],
    ['JPEG 2000', transferSyntax.jpeg2000, () => jpeg2000(binary, 1, transferSyntax.jpeg2000)],
  ];
  it.each(lossy)('is refused by name where it loses detail: %s', async (name, syntax, make) => {
    const error = await refusal(await make());
    expect(error.code).toBe('bad-segmentation');
    expect(error.message).toMatch(
      `.dcm: The segmentation is compressed with loss (${name}, transfer syntax ${syntax})`,
    );
  });

  it('is refused by name where no decoder is to be trusted', async () => {
    const sixth = byProgram(plain('FRACTIONAL'), 'dcmcjpeg', '+el', '+sv', '6');
    expect(await refusal(sixth)).toMatchObject({
      code: 'bad-segmentation',
      message: expect.stringMatching(/compressed in a way that is not read here/) as string,
    });
    const singleBits = write(byFrame(binary, transferSyntax.jpegLsLossless, (frame) => frame));
    expect((await refusal(singleBits)).message).toMatch(/4\.80 with 1 bit\)/);
    const unknown = write(byFrame(binary, '1.2.840.10008.1.2.4.201', (frame) => frame));
    expect((await refusal(unknown)).message).toMatch(/transfer syntax 1.2.840.10008.1.2.4.201\)/);
  });

  it('inflates no more than a frame holds', async () => {
    const bomb = deflateRawSync(new Uint8Array(1 << 24));
    const path = write(byFrame(binary, transferSyntax.deflatedFrames, () => bomb));
    expect(await refusal(path).then(({ message }) => message)).toMatch(/cannot be decompressed/);
  });
});
