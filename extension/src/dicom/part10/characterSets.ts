/** Names that TextDecoder knows, by the number in the defined term of a character set (PS3.3, C.12.1.1.2). */
const labels: Readonly<Record<string, string>> = {
  '6': 'iso-8859-1',
  '13': 'shift_jis',
  '58': 'gbk',
  '87': 'iso-8859-1',
  '100': 'iso-8859-1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '126': 'iso-8859-7',
  '127': 'iso-8859-6',
  '138': 'iso-8859-8',
  '144': 'iso-8859-5',
  '148': 'iso-8859-9',
  '149': 'euc-kr',
  '159': 'iso-8859-1',
  '166': 'windows-874',
  '192': 'utf-8',
  '203': 'iso-8859-15',
};

/** What the bytes after an escape sequence are in (PS3.3, tables C.12-3 and C.12-4). */
const escapes: readonly (readonly [sequence: string, label: string, prefix?: number])[] = [
  // Two bytes a character, seven bits each: EUC-JP with the high bits set.
  ['$B', 'euc-jp', -1],
  ['$@', 'euc-jp', -1],
  ['$(D', 'euc-jp', 0x8f],
  ['$)C', 'euc-kr'],
  ['$)A', 'gbk'],
  [')I', 'shift_jis'],
  ['-A', 'iso-8859-1'],
  ['-B', 'iso-8859-2'],
  ['-C', 'iso-8859-3'],
  ['-D', 'iso-8859-4'],
  ['-F', 'iso-8859-7'],
  ['-G', 'iso-8859-6'],
  ['-H', 'iso-8859-8'],
  ['-L', 'iso-8859-5'],
  ['-M', 'iso-8859-9'],
  ['-T', 'windows-874'],
  ['-b', 'iso-8859-15'],
  ['(B', ''],
  ['(J', ''],
];

const escape = 0x1b;

/** Turns bytes of a data set into text. */
export type DecodeText = (bytes: Uint8Array) => string;

function labelOf(term: string): string {
  const number = /(\d+)\s*$/.exec(term)?.[1] ?? '6';
  if (/GB18030/i.test(term)) return 'gb18030';
  if (/GBK/i.test(term)) return 'gbk';
  return labels[number] ?? 'iso-8859-1';
}

/** Sets the high bit of each byte; with a third byte before each pair if there is a prefix. */
function toEuc(bytes: Uint8Array, prefix: number): Uint8Array {
  const out: number[] = [];
  bytes.forEach((byte, n) => {
    if (prefix > 0 && n % 2 === 0) out.push(prefix);
    out.push(byte | 0x80);
  });
  return Uint8Array.from(out);
}

/**
 * Makes the decoder of a data set's text. Whatever the character sets are, text never stops a file from
 * being read: what cannot be decoded is left as single bytes.
 *
 * @param terms the values of SpecificCharacterSet; more than one means ISO 2022 escape sequences
 */
export function textDecoder(terms: readonly string[]): DecodeText {
  const first = labelOf(terms[0] ?? '');
  const decoders = new Map<string, TextDecoder>();
  const decode = (label: string, bytes: Uint8Array): string => {
    const decoder = decoders.get(label) ?? new TextDecoder(label);
    decoders.set(label, decoder);
    return decoder.decode(bytes);
  };
  return (bytes) => {
    if (!bytes.includes(escape)) return decode(first, bytes);
    let text = '';
    let label = first;
    let prefix: number | undefined;
    for (let at = 0; at < bytes.length;) {
      if (bytes[at] === escape) {
        const next = String.fromCharCode(...bytes.subarray(at + 1, at + 4));
        const found = escapes.find(([sequence]) => next.startsWith(sequence));
        at += 1 + (found?.[0].length ?? 0);
        if (found) [label, prefix] = [found[1] || first, found[2]];
      }
      const end = bytes.indexOf(escape, at);
      const piece = bytes.subarray(at, end < 0 ? bytes.length : end);
      text += decode(label, prefix === undefined ? piece : toEuc(piece, prefix));
      at += piece.length;
    }
    return text;
  };
}
