import { parseFile } from '../../../extension/src/dicom/part10/parseFile.ts';

/** How a file is written that scanners and archives write and dcmjs does not. */
export interface Encoding {
  readonly implicit?: boolean;
  readonly bigEndian?: boolean;
  /** Without the length of the meta header. */
  readonly noGroupLength?: boolean;
  /** Without preamble and meta header. */
  readonly bare?: boolean;
  readonly noPreamble?: boolean;
  /** Elements to add, encoded already, before those of the data set with a higher tag. */
  readonly extra?: readonly { readonly tag: string; readonly bytes: Uint8Array }[];
  /** Values to replace or add, as text. */
  readonly texts?: Readonly<Record<string, { readonly vr: string; readonly bytes: Uint8Array }>>;
}

const longLength = new Set(['OB', 'OW', 'SQ', 'UN', 'UT', 'UC', 'UR', 'OF']);
const encoder = new TextEncoder();

export const ascii = (text: string): Uint8Array => encoder.encode(text);

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

function numbers(sizes: readonly (readonly [value: number, bytes: 2 | 4])[], little: boolean) {
  const out = new Uint8Array(sizes.reduce((n, [, bytes]) => n + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [value, bytes] of sizes) {
    if (bytes === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
    at += bytes;
  }
  return out;
}

/** An element: tag, VR unless implicit, length, value; a length can be stated that is not the value's. */
export function rawElement(
  tag: string,
  vr: string,
  value: Uint8Array,
  { implicit, bigEndian }: Encoding = {},
  length?: number,
): Uint8Array {
  const little = !bigEndian;
  const pad = vr === 'UI' || vr.startsWith('O') ? 0 : 0x20;
  const even = value.length % 2 ? concat([value, Uint8Array.of(pad)]) : value;
  const stated = length ?? even.length;
  const group = [parseInt(tag.slice(0, 4), 16), 2] as const;
  const name = [parseInt(tag.slice(4), 16), 2] as const;
  if (implicit) return concat([numbers([group, name, [stated, 4]], little), even]);
  const head = concat([numbers([group, name], little), ascii(vr)]);
  const size = longLength.has(vr)
    ? numbers([[0, 2], [stated, 4]], little) // prettier-ignore
    : numbers([[stated, 2]], little);
  return concat([head, size, even]);
}

function valueBytes(vr: string, values: readonly unknown[], encoding: Encoding): Uint8Array {
  if (vr === 'SQ') {
    return concat(
      values.map((item) => {
        const content = dataSet(item as ReturnType<typeof parseFile>['elements'], encoding);
        return rawElement('FFFEE000', '', content, { ...encoding, implicit: true });
      }),
    );
  }
  if (vr === 'US') return numbers(values.map((v) => [Number(v), 2]), !encoding.bigEndian); // prettier-ignore
  if (vr === 'UL') return numbers(values.map((v) => [Number(v), 4]), !encoding.bigEndian); // prettier-ignore
  const [first] = values;
  if (first instanceof Uint8Array) return first;
  const texts = values.map((v) =>
    vr === 'PN' ? ((v as { Alphabetic: string }).Alphabetic ?? '') : String(v ?? ''),
  );
  return ascii(texts.join('\\'));
}

function dataSet(
  elements: ReturnType<typeof parseFile>['elements'],
  encoding: Encoding,
): Uint8Array {
  return concat(
    Object.keys(elements)
      .sort()
      .map((tag) => {
        const { vr, Value = [] } = elements[tag];
        return rawElement(tag, vr, valueBytes(vr, Value, encoding), encoding);
      }),
  );
}

/** Writes a file again in another encoding; what is in `extra` and `texts` is put in. */
export function reencode(file: ArrayBuffer | Uint8Array, encoding: Encoding = {}): Uint8Array {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const { elements, pixelData, pixelVr } = parseFile(bytes);
  const pieces = Object.keys(elements).map((tag) => {
    const { vr, Value = [] } = elements[tag];
    return { tag, bytes: rawElement(tag, vr, valueBytes(vr, Value, encoding), encoding) };
  });
  const texts = Object.entries(encoding.texts ?? {}).map(([tag, { vr, bytes: value }]) => ({
    tag,
    bytes: rawElement(tag, vr, value, encoding),
  }));
  const kept = pieces.filter(({ tag }) => !encoding.texts?.[tag]);
  const pixels = pixelData.length > 0 ? new Uint8Array(pixelData[0]) : undefined;
  if (pixels && encoding.bigEndian) {
    for (let i = 0; i + 1 < pixels.length; i += 2) pixels.subarray(i, i + 2).reverse();
  }
  const last = pixels ? [{ tag: '7FE00010', bytes: rawElement('7FE00010', encoding.bigEndian ? 'OW' : pixelVr, pixels, encoding) }] : []; // prettier-ignore
  const body = concat(
    [...kept, ...texts, ...(encoding.extra ?? []), ...last]
      .sort((a, b) => (a.tag < b.tag ? -1 : 1))
      .map((piece) => piece.bytes),
  );
  if (encoding.bare) return body;
  const syntax = encoding.implicit ? '' : encoding.bigEndian ? '.2' : '.1';
  const meta = rawElement('00020010', 'UI', ascii(`1.2.840.10008.1.2${syntax}`));
  const length = rawElement('00020000', 'UL', numbers([[meta.length, 4]], true));
  return concat([
    ...(encoding.noPreamble ? [] : [new Uint8Array(128), ascii('DICM')]),
    ...(encoding.noGroupLength ? [] : [length]),
    meta,
    body,
  ]);
}
