import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCtFolder } from '../../../cli/src/io/dicomFolder.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { ctFiles, type CtIdentity } from '../../../scripts/ct-files.ts';
import { asymmetricCt, phantomCases, phantomIdentity } from '../../conformance/phantom.ts';
import { rewrite } from '../dicom/rewrite.ts';

const { grid } = phantomCases[0];
const ct = asymmetricCt(grid);
const files = ctFiles(ct, phantomIdentity);

let folder = '';
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-ct-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A new folder with the given files. */
function folderOf(contents: readonly (ArrayBuffer | Uint8Array)[] = files): string {
  const path = join(folder, String(++count));
  mkdirSync(path);
  contents.forEach((file, k) => writeFileSync(join(path, `${k + 1}.dcm`), new Uint8Array(file)));
  return path;
}

async function refusal(path: string, series?: string): Promise<CranioplastyError> {
  const error: unknown = await readCtFolder(path, series).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CranioplastyError) return error;
  throw error ?? new Error('nothing was refused');
}

/** Another series of the same study. */
function series(uid: string, attributes: CtIdentity['attributes']): ArrayBuffer[] {
  const sopInstanceUID = (k: number) => `${uid}.${k + 1}`;
  return ctFiles(ct, { ...phantomIdentity, seriesInstanceUID: uid, sopInstanceUID, attributes });
}

describe('readCtFolder', () => {
  it('follows links and refuses one that leads nowhere', async () => {
    const path = folderOf([]);
    const objects = folderOf();
    for (const name of readdirSync(objects)) symlinkSync(join(objects, name), join(path, name));
    expect((await readCtFolder(path)).volume.data).toEqual(ct.data);
    const linked = folderOf([]);
    symlinkSync(objects, join(linked, 'series'));
    symlinkSync(linked, join(objects, 'around'));
    expect((await readCtFolder(linked)).volume.data).toEqual(ct.data);
    symlinkSync(join(objects, 'gone.dcm'), join(path, 'gone.dcm'));
    symlinkSync(join(path, 'turning'), join(path, 'turning'));
    const dead = /gone.dcm is a link to a file that is not there/;
    expect((await refusal(path)).message).toMatch(dead);
    const unfetched = folderOf([]);
    symlinkSync(join(objects, 'gone.dcm'), join(unfetched, 'gone.dcm'));
    expect((await refusal(unfetched)).message).toMatch(dead);
    writeFileSync(join(unfetched, 'readme.txt'), 'no CT');
    expect((await refusal(unfetched)).message).toMatch(/holds no CT/);
  });

  it('passes over hidden files and what is no DICOM', async () => {
    const path = folderOf();
    writeFileSync(join(path, '._1.dcm'), Buffer.from([0, 5, 0x16, 7, 0, 2, 0, 0]));
    writeFileSync(join(path, 'readme.txt'), 'about the CT');
    expect((await readCtFolder(path)).volume.data).toEqual(ct.data);
  });

  it('counts the same files in two folders once', async () => {
    const path = folderOf([]);
    for (const copy of ['a', 'b']) cpSync(folderOf(), join(path, copy), { recursive: true });
    expect((await readCtFolder(path)).volume.data).toEqual(ct.data);
  });

  it('takes the only volume beside scouts and dose sheets', async () => {
    const ImageType = ['ORIGINAL', 'PRIMARY', 'LOCALIZER'];
    const scouts = series('2.25.51', { ImageType, SeriesDescription: 'Scout' }).slice(0, 2);
    const sheet = rewrite(series('2.25.52', { ImageType: ['DERIVED', 'SECONDARY'] })[0], (file) => {
      for (const name of ['ImagePositionPatient', 'FrameOfReferenceUID']) delete file.dataset[name];
      file.dataset['SOPClassUID'] = '1.2.840.10008.5.1.4.1.1.7';
    });
    const { volume } = await readCtFolder(folderOf([...scouts, sheet, ...files]));
    expect(volume.data).toEqual(ct.data);
  });

  it('asks for one of several volumes and reads the one that is named', async () => {
    const attributes = { SeriesNumber: 2, SeriesDescription: 'Bone', RescaleIntercept: -1000 };
    const path = folderOf([...files, ...series('2.25.53', attributes)]);
    const error = await refusal(path);
    expect(error.code).toBe('bad-usage');
    expect(error.message).toBe(
      `${path} holds 2 CT series: choose one with --series, by its number or UID: 1 (no description, 9), 2 (Bone, 9).`,
    );
    for (const name of ['2', '2.25.53']) {
      const { series: read } = await readCtFolder(path, name);
      expect(read.seriesInstanceUID).toBe('2.25.53');
    }
    expect((await refusal(path, '3')).message).toMatch(/holds no series 3: choose one of 1 \(no/);
  });

  it('names the file that is cut short, empty or damaged', async () => {
    const wrong: [Uint8Array, RegExp][] = [
      [new Uint8Array(files[3]).subarray(0, files[3].byteLength - 40), /^4.dcm is cut short: /],
      [new Uint8Array(), /^4.dcm is empty: /],
      [new Uint8Array(5000), /^4.dcm is not DICOM or is damaged: /],
    ];
    for (const [bytes, message] of wrong) {
      const error = await refusal(folderOf(files.map((file, k) => (k === 3 ? bytes : file))));
      expect(error.message).toMatch(message);
      expect(error.code).toBe('bad-ct-geometry');
    }
  });
});

interface J2kEncoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}

/** The encoder takes no images as small as the phantom's. */
const largeCt = asymmetricCt({ ...grid, size: [64, 48, 4] });

async function jpeg2000Folder(): Promise<string> {
  const load = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/wasmjs') as (
    options: object,
  ) => Promise<{ J2KEncoder: new () => J2kEncoder }>;
  const { J2KEncoder } = await load({ print: () => {} });
  const info = { width: 64, height: 48, bitsPerSample: 16, componentCount: 1, isSigned: false };
  return folderOf(
    ctFiles(largeCt, phantomIdentity).map((file) =>
      rewrite(file, (contents) => {
        const encoder = new J2KEncoder();
        encoder.getDecodedBuffer(info).set(contents.pixels[0]);
        encoder.encode();
        contents.syntax = '1.2.840.10008.1.2.4.90';
        contents.pixels = [new Uint8Array(encoder.getEncodedBuffer())];
        encoder.delete();
      }),
    ),
  );
}

describe('compressed CT', () => {
  const compress = (program: string, ...options: string[]): string => {
    const path = folderOf();
    for (const name of readdirSync(path)) {
      const file = join(path, name);
      const { status, stderr } = spawnSync(program, [...options, file, file], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    }
    return path;
  };
  const syntaxes: [string, () => string | Promise<string>][] = [
    ['JPEG lossless, first order', () => compress('dcmcjpeg', '+e1')],
    ['JPEG lossless, any order', () => compress('dcmcjpeg', '+el', '+sv', '1')],
    ['JPEG-LS', () => compress('dcmcjpls')],
    ['RLE', () => compress('dcmcrle')],
    ['JPEG 2000', jpeg2000Folder],
  ];
  it.each(syntaxes)('is read bit for bit: %s', async (name, folderWith) => {
    const path = await folderWith();
    const expected = name === 'JPEG 2000' ? largeCt : ct;
    expect((await readCtFolder(path)).volume.data).toEqual(expected.data);
    // A stream that ends too early is refused by name, never filled up.
    const third = readFileSync(join(path, '3.dcm'));
    const damaged = rewrite(
      third.buffer.slice(third.byteOffset, third.byteOffset + third.length),
      (contents) => {
        contents.syntax = syntaxOf(third);
        contents.pixels = [contents.pixels[0].subarray(0, contents.pixels[0].length >> 1)];
      },
    );
    writeFileSync(join(path, '3.dcm'), new Uint8Array(damaged));
    expect((await refusal(path)).message).toMatch(/3.dcm cannot be decompressed/);
  });

  it('is refused by name where a decoder is not to be trusted', async () => {
    for (const path of [compress('dcmcjpeg', '+el', '+sv', '6')]) {
      expect((await refusal(path)).message).toMatch(
        /1.dcm is compressed in a way that is not read/,
      );
    }
  });
});

/** The transfer syntax in a meta header. */
function syntaxOf(file: Uint8Array): string {
  const text = Buffer.from(file).toString('latin1');
  return /1\.2\.840\.10008\.1\.2\.[45][.\d]*/.exec(text)?.[0] ?? '';
}
