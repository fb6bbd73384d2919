import dcmjs from 'dcmjs';
import { decimalString } from '../../../extension/src/dicom/part10/decimalString.ts';
import { parsePart10, transferSyntax } from '../../../extension/src/dicom/part10/part10.ts';

/** A data set that a test may change. */
export type Editable = Record<string, unknown> & {
  SharedFunctionalGroupsSequence: Record<string, Record<string, unknown>[]>[];
  PerFrameFunctionalGroupsSequence: Record<string, Record<string, unknown>[]>[];
  SegmentSequence: Record<string, unknown>[];
};

export interface Contents {
  readonly dataset: Editable;
  pixels: Uint8Array[];
  syntax: string;
}

/** The data set with numbers rounded to what a decimal string holds. */
function rounded(dataset: Editable): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(dataset, (_, value: unknown) =>
      typeof value === 'number' ? Number(decimalString(value)) : value,
    ),
  ) as Record<string, unknown>;
}

/** Parses a file, lets `change` edit it and encodes it again, in the transfer syntax of the contents. */
export function rewrite(file: ArrayBuffer, change: (contents: Contents) => void): ArrayBuffer {
  const parsed = parsePart10(file);
  const contents: Contents = {
    dataset: JSON.parse(JSON.stringify(parsed.dataset)) as Editable,
    pixels: parsed.pixelData.map((piece) => piece.slice()),
    syntax: transferSyntax.explicitLittleEndian,
  };
  change(contents);
  const { dataset, pixels, syntax } = contents;
  const dictionary = dcmjs.data.DicomMetaDictionary;
  const dict = new dcmjs.data.DicomDict(
    dictionary.denaturalizeDataset({
      MediaStorageSOPClassUID: dataset['SOPClassUID'],
      MediaStorageSOPInstanceUID: dataset['SOPInstanceUID'],
      TransferSyntaxUID: syntax,
    }),
  );
  dict.dict = dictionary.denaturalizeDataset({
    ...rounded(dataset),
    PixelData: pixels.map((piece) => piece.slice().buffer),
    _vrMap: { PixelData: 'OB' },
  });
  return dict.write();
}

/** Unpacks the frames of a BINARY file into one byte a pixel. */
export function binaryFrames({ dataset, pixels }: Contents): Uint8Array[] {
  const count = Number(dataset['Columns']) * Number(dataset['Rows']);
  return Array.from({ length: Number(dataset['NumberOfFrames']) }, (_, f) =>
    Uint8Array.from({ length: count }, (_, p) => {
      const bit = f * count + p;
      return (pixels[0][bit >> 3] >> (bit & 7)) & 1;
    }),
  );
}

/** Packs frames into bits, without a gap between frames. */
export function packFrames(frames: readonly Uint8Array[]): Uint8Array {
  const count = frames[0].length;
  const packed = new Uint8Array(2 * Math.ceil((frames.length * count) / 16));
  frames.forEach((frame, f) =>
    frame.forEach((v, p) => {
      const bit = f * count + p;
      if (v) packed[bit >> 3] |= 1 << (bit & 7);
    }),
  );
  return packed;
}

/** Puts frames behind each other. */
export function join(frames: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(frames.reduce((n, frame) => n + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    joined.set(frame, at);
    at += frame.length;
  }
  return joined;
}
