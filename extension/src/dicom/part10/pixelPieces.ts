import dicomParser, { type DataSet, type Element } from 'dicom-parser';

export const pixelDataTag = 'x7fe00010';

/** Where the fragments of each frame start: the frames of encapsulated pixel data (PS3.5, A.4). */
function frameStarts(dataSet: DataSet, element: Element, frames: number): number[] {
  const fragments = element.fragments ?? [];
  if (fragments.length === frames) return fragments.map((_, n) => n);
  if (frames === 1) return [0];
  const table = element.basicOffsetTable ?? [];
  const offsets =
    table.length === frames ? table : dicomParser.createJPEGBasicOffsetTable(dataSet, element);
  return offsets.map((offset) => fragments.findIndex((fragment) => fragment.offset === offset));
}

function encapsulatedFrames(dataSet: DataSet, element: Element): Uint8Array[] {
  const fragments = element.fragments ?? [];
  if (fragments.length === 0) return [];
  const frames = Math.max(1, dataSet.intString('x00280008') ?? 1);
  const starts = frameStarts(dataSet, element, frames);
  return starts.map((start, n) => {
    const count = (starts[n + 1] ?? fragments.length) - start;
    return dicomParser.readEncapsulatedPixelDataFromFragments(
      dataSet,
      element,
      start,
      count,
    ) as Uint8Array;
  });
}

/** The pixel data of a file: one piece if uncompressed, one a frame if encapsulated. In little endian; 16-bit words of a big endian file are turned, bytes of it are not. */
export function pixelPieces(dataSet: DataSet): Uint8Array[] {
  const element = dataSet.elements[pixelDataTag];
  if (!element || element.length === 0) return [];
  if (element.encapsulatedPixelData) return encapsulatedFrames(dataSet, element);
  const bytes = dataSet.byteArray as Uint8Array;
  const pixels = bytes.subarray(element.dataOffset, element.dataOffset + element.length);
  if (dataSet.byteArrayParser !== dicomParser.bigEndianByteArrayParser || element.vr !== 'OW') {
    return [pixels];
  }
  const turned = new Uint8Array(pixels.length);
  for (let i = 0; i + 1 < pixels.length; i += 2) {
    turned[i] = pixels[i + 1];
    turned[i + 1] = pixels[i];
  }
  return [turned];
}
