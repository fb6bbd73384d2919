import { readAlgorithmParameters } from '../../../extension/src/dicom/ct/derivedObject.ts';
import { basename } from 'node:path';
import {
  segmentationOf,
  segmentKind,
} from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { parsePart10 } from '../../../extension/src/dicom/part10/part10.ts';
import { startsLikeDicom } from '../../../extension/src/dicom/part10/parseFile.ts';
import { text } from '../../../extension/src/dicom/part10/attributes.ts';
import type { LoadedCt } from '../../../extension/src/dicom/ct/ctPixels.ts';
import {
  aboutFile,
  aboutInput,
  CranioplastyError,
} from '../../../extension/src/engine/space/errors.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { frameDecoderFor } from './frameDecoder.ts';
import type { Orientation } from './orientation.ts';
import type { SkullInput } from './skullInput.ts';
import { maskOf } from './volumeFile.ts';
import { allBytes, readFile, readVolumeFile, volumeEndingsInWords } from './volumeFormats.ts';

/** A patch and the file that it came from. */
export interface PatchInput {
  readonly mask: Mask;
  readonly bytes: Uint8Array;
  readonly segment?: { readonly number: number; readonly label: string };
  /** Licence of the model that made it, where it restricts the use of what follows from it. */
  readonly terms?: string;
}

/**
 * Reads a skull patch onto the grid of its skull: a DICOM segmentation, NIfTI, NRRD or MetaImage.
 *
 * @param segment number of the segment or value of the label; may be left out where there is one choice
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-usage`, `bad-segmentation`, `bad-geometry`, `foreign-frame-of-reference`
 */
export async function readPatchInput(
  path: string,
  skull: SkullInput,
  options: {
    readonly segment?: number;
    readonly ct?: LoadedCt;
    readonly orientation?: Orientation;
  } = {},
): Promise<PatchInput> {
  const bytes = readFile(path);
  if (startsLikeDicom(bytes)) {
    return aboutInput(basename(path), () =>
      readDicomPatch(bytes, skull, options.segment, options.ct),
    );
  }
  const volume = readVolumeFile(path, options.orientation, bytes);
  if (!volume) {
    throw new CranioplastyError(
      'bad-usage',
      `${path} is no patch that can be read: give a DICOM segmentation (.dcm), ${volumeEndingsInWords}.`,
    );
  }
  return aboutFile(basename(path), () => ({
    mask: maskOf(volume, options.segment),
    bytes: allBytes(path, bytes),
  }));
}

async function readDicomPatch(
  bytes: Uint8Array,
  skull: SkullInput,
  number: number | undefined,
  ct: LoadedCt | undefined,
): Promise<PatchInput> {
  // The skull's grid, which without a CT goes on beyond its own frames.
  const frameOfReferenceUID =
    skull.segmentation && text(skull.segmentation.dataset, 'FrameOfReferenceUID');
  const onto =
    ct?.series ??
    (frameOfReferenceUID ? { grid: skull.mask.grid, frameOfReferenceUID } : undefined);
  const file = parsePart10(bytes);
  const { segments } = segmentationOf(file, { onto, decode: await frameDecoderFor(file) });
  const patches = segments.filter((segment) => segmentKind(segment) === 'skull-patch');
  const candidates =
    number !== undefined
      ? segments.filter((segment) => segment.number === number)
      : segments.length === 1
        ? segments
        : patches;
  if (candidates.length !== 1) {
    const list = segments.map((segment) => `${segment.number} (${segment.label})`).join(', ');
    throw new CranioplastyError(
      'bad-usage',
      `The segmentation does not say which segment is the patch: choose one of ${list || 'none'} with --patch-segment.`,
    );
  }
  const [segment] = candidates;
  return {
    mask: segment.mask(),
    bytes,
    segment: { number: segment.number, label: segment.label },
    terms: readAlgorithmParameters(segment.algorithm.parameters ?? '').terms,
  };
}
