import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readCtFiles } from '../../../../extension/src/dicom/ct/ctPixels.ts';
import { parsePart10 } from '../../../../extension/src/dicom/part10/part10.ts';
import { parseFile } from '../../../../extension/src/dicom/part10/parseFile.ts';
import { sourceModules } from '../../../../extension/src/dicom/ct/sourceModules.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { ctFiles } from '../../../../scripts/ct-files.ts';
import {
  asymmetricCt,
  phantomCases,
  phantomCt,
  phantomIdentity,
  phantomSegments,
} from '../../../conformance/phantom.ts';
import { ascii, concat, rawElement, reencode, type Encoding } from '../rawFile.ts';

const { grid } = phantomCases[0];
const files = ctFiles(asymmetricCt(grid), phantomIdentity);
const written = (encoding: Encoding) => files.map((file) => reencode(file, encoding));

/** An item of undefined length with an implicit element in it. */
const implicitItem = concat([
  rawElement('FFFEE000', '', new Uint8Array(), { implicit: true }, 0xffffffff),
  rawElement('00180010', '', ascii('AGENT'), { implicit: true }),
  rawElement('FFFEE00D', '', new Uint8Array(), { implicit: true }),
]);

describe('encodings that scanners and archives write', () => {
  const encodings: readonly (readonly [name: string, encoding: Encoding])[] = [
    ['implicit little endian', { implicit: true }],
    ['explicit big endian', { bigEndian: true }],
    ['a meta header without its length', { noGroupLength: true }],
    ['no preamble', { noPreamble: true }],
    ['no preamble, no meta header, implicit', { bare: true, implicit: true }],
    ['no preamble, no meta header, explicit', { bare: true }],
    [
      'a private sequence as UN of undefined length',
      {
        extra: [
          { tag: '00090010', bytes: rawElement('00090010', 'LO', ascii('PRIVATE ONE')) },
          {
            tag: '00091010',
            bytes: concat([
              rawElement('00091010', 'UN', new Uint8Array(), {}, 0xffffffff),
              implicitItem,
              rawElement('FFFEE0DD', '', new Uint8Array(), { implicit: true }),
            ]),
          },
        ],
      },
    ],
    [
      'a known sequence as UN of defined length',
      { extra: [{ tag: '0018100A', bytes: rawElement('0018100A', 'UN', implicitItem) }] },
    ],
    [
      'two character sets',
      {
        texts: {
          '00080005': { vr: 'CS', bytes: ascii('\\ISO 2022 IR 87') },
          '00100010': { vr: 'PN', bytes: ascii('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B') },
        },
      },
    ],
    [
      'an unknown character set',
      { texts: { '00080005': { vr: 'CS', bytes: ascii('NONE SUCH') } } },
    ],
  ];
  it.each(encodings)('reads %s', (_, encoding) => {
    const { volume } = readCtFiles(written(encoding));
    expect(volume.data).toEqual(asymmetricCt(grid).data);
    expect(volume.grid).toEqual(phantomCt(grid).volume.grid);
  });

  it('reads a deflated file and refuses half of one', () => {
    const whole = reencode(files[0]);
    const start = whole.length - reencode(files[0], { bare: true }).length;
    const syntax = rawElement('00020010', 'UI', ascii('1.2.840.10008.1.2.1.99'));
    const length = new Uint8Array(Uint32Array.of(syntax.length).buffer);
    const prefix = concat([new Uint8Array(128), ascii('DICM')]);
    const head = concat([prefix, rawElement('00020000', 'UL', length), syntax]);
    const deflated = new Uint8Array(deflateRawSync(whole.subarray(start)));
    const { pixelData } = parsePart10(concat([head, deflated]));
    expect(pixelData).toEqual(parsePart10(whole).pixelData);
    const half = deflated.subarray(0, deflated.length >> 1);
    expect(() => parsePart10(concat([head, half]))).toThrow(/cut short/);
  });

  it('decodes names of several character sets and writes them in UTF-8', () => {
    const names = [
      ['\\ISO 2022 IR 87', 'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'Yamada^Tarou=山田^太郎'],
      ['\\ISO 2022 IR 149', 'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7', 'Hong^Gildong=洪^吉洞'],
      ['ISO 2022 IR 6\\ISO 2022 IR 100', '\x1b-AM\xfcller^J\xfcrgen', 'Müller^Jürgen'],
      ['ISO_IR 100', 'M\xfcller^J\xfcrgen', 'Müller^Jürgen'],
      ['ISO_IR 144', '\xbb\xee\xda', 'Люк'],
      ['ISO_IR 13', '\xd4\xcf\xc0\xde', 'ﾔﾏﾀﾞ'],
      ['GB18030', 'Wang=\xcd\xf5', 'Wang=王'],
      ['ISO_IR 192', '\xe7\x8e\x8b', '王'],
    ] as const; // prettier-ignore
    for (const [set, raw, expected] of names) {
      const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
      const { dataset } = parsePart10(
        reencode(files[0], {
          texts: {
            '00080005': { vr: 'CS', bytes: ascii(set) },
            '00100010': { vr: 'PN', bytes },
          },
        }),
      );
      expect(sourceModules(dataset)['PatientName'], set).toBe(expected);
    }
  });

  it('gives the items of a known sequence that came as UN', () => {
    const item = rawElement('FFFEE000', '', rawElement('00081150', '', ascii('1.2'), { implicit: true }), { implicit: true }); // prettier-ignore
    const { elements } = parseFile(
      reencode(files[0], { extra: [{ tag: '00081140', bytes: rawElement('00081140', 'UN', item) }] }),
    ); // prettier-ignore
    expect(elements['00081140']).toEqual({
      vr: 'SQ',
      Value: [{ '00081150': { vr: 'UI', Value: ['1.2'] } }],
    });
  });
});

describe('a file that ends too early', () => {
  const { series } = phantomCt(grid);
  const segmentation = new Uint8Array(
    writeSegmentation(phantomSegments(grid), { ct: series }, { seriesDescription: 'Skull' }),
  );

  it.each([
    ['a segmentation', segmentation],
    ['a slice', reencode(files[3])],
    ['an implicit slice', reencode(files[3], { implicit: true })],
    ['a big endian slice', reencode(files[3], { bigEndian: true })],
  ])('is refused by name wherever it ends: %s', (_, whole) => {
    const read = (lost: number) =>
      parsePart10(whole.subarray(0, whole.length - lost), undefined, 'skull.dcm');
    expect(() => read(0)).not.toThrow();
    for (let lost = 1; lost < whole.length - 400; lost += 97) {
      expect(() => read(lost), `${lost} bytes lost`).toThrow(
        /^skull.dcm is (cut short|not DICOM or is damaged): fetch or export it again/,
      );
    }
    expect(() => read(2)).toThrow(/cut short/);
  });

  it('is no segmentation and no CT', () => {
    expect(() => readSegmentation(segmentation.subarray(0, segmentation.length - 20))).toThrow(
      /cut short/,
    );
    const cut = files.map(
      (file, k) => new Uint8Array(file, 0, file.byteLength - (k === 4 ? 60 : 0)),
    );
    expect(() => readCtFiles(cut)).toThrow(/cut short/);
  });
});
