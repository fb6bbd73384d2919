import { basename } from 'node:path';
import type { DecodeFrame } from '../../../extension/src/dicom/frames/decodeFrame.ts';
import { IrregularFrames } from '../../../extension/src/dicom/frames/frameGrid.ts';
import { placeFrame } from '../../../extension/src/dicom/frames/placement.ts';
import {
  chooseSkull,
  listSegments,
  readSkull,
  segmentationOf,
  type SegmentationObject,
} from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import type { LoadedCt } from '../../../extension/src/dicom/ct/ctPixels.ts';
import {
  aboutFile,
  aboutInput,
  CranioplastyError,
} from '../../../extension/src/engine/space/errors.ts';
import { indexToPatient, type Grid } from '../../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { parsePart10, type Part10 } from '../../../extension/src/dicom/part10/part10.ts';
import { startsLikeDicom } from '../../../extension/src/dicom/part10/parseFile.ts';
import { readCtFolder } from './dicomFolder.ts';
import { frameDecoderFor } from './frameDecoder.ts';
import type { Orientation } from './orientation.ts';
import { ctOf, maskOf, type VolumeFile } from './volumeFile.ts';
import {
  allBytes,
  readFile,
  readVolumeFile,
  volumeEnding,
  volumeEndingsInWords,
} from './volumeFormats.ts';

/** The defective skull and what it came from. */
export interface SkullInput {
  readonly mask: Mask;
  readonly bytes: Uint8Array;
  /** Present if the input is a DICOM segmentation. */
  readonly segmentation?: SegmentationObject;
  readonly segment?: { readonly number: number; readonly label: string };
  /** What the user should know of the file. */
  readonly warnings: readonly string[];
}

/** How far the grid of a segmentation without CT is continued above and below its frames, mm. */
const margin = 30;

/** A grid continued along k by as many slices as the margin takes. */
function extended(grid: Grid): Grid {
  const slices = Math.ceil(margin / grid.spacing[2]);
  return {
    ...grid,
    origin: indexToPatient(grid, [0, 0, -slices]),
    size: [grid.size[0], grid.size[1], grid.size[2] + 2 * slices],
  };
}

/**
 * Reads a segmentation on the grid of its own frames.
 * @throws CranioplastyError as `segmentationOf`; of one drawn on tilted or uneven slices it says that the CT is needed
 */
function readOnOwnGrid(file: Part10, decode?: DecodeFrame): SegmentationObject {
  try {
    return segmentationOf(file, { decode });
  } catch (error) {
    if (!(error instanceof IrregularFrames)) throw error;
    throw new CranioplastyError(
      error.code,
      `The frames of the segmentation are ${error.fault === 'shifted' ? 'shifted against each other, as the slices of a tilted gantry are' : 'unevenly spaced, as the slices of some scans are'}: give the CT that it was drawn on with --ct, with which it is straightened.`,
      { cause: error },
    );
  }
}

/**
 * Reads a DICOM segmentation onto its CT. Without the CT nothing says how far the scan reached: empty
 * slices are left out of a segmentation. Its grid is continued then, so that bone missing at the top
 * of the head can be put back.
 */
async function readDicom(
  bytes: Uint8Array,
  number: number | undefined,
  ct?: LoadedCt,
): Promise<SkullInput> {
  const file = parsePart10(bytes);
  const decode = await frameDecoderFor(file);
  const own = ct ? undefined : readOnOwnGrid(file, decode);
  const onto = ct?.series ?? (own && { ...own, grid: extended(own.grid) });
  const segmentation = segmentationOf(file, { onto, decode });
  const segment = chooseSkull(segmentation, number);
  return {
    mask: readSkull(segment),
    bytes,
    segmentation,
    segment: { number: segment.number, label: segment.label },
    warnings: [],
  };
}

/** Checks that the voxels of a volume are voxels of the CT. */
function assertOnCt({ grid }: VolumeFile, ct: LoadedCt): void {
  for (const k of [0, grid.size[2] - 1]) {
    const plane = {
      position: indexToPatient(grid, [0, 0, k]),
      row: grid.axes[0],
      column: grid.axes[1],
      spacing: [grid.spacing[0], grid.spacing[1]] as const,
    };
    if (!placeFrame(ct.series.grid, plane, grid.size[0], grid.size[1]).inside) {
      throw new CranioplastyError(
        'bad-geometry',
        'The skull reaches beyond the CT: give the CT that it was segmented on.',
      );
    }
  }
}

/** Archives export DICOM files without an ending, too. */
function isDicom(path: string, bytes: Uint8Array): boolean {
  return path.toLowerCase().endsWith('.dcm') || startsLikeDicom(bytes);
}

/**
 * Checks that the file is there and, of a DICOM segmentation, that it has the segment, before a CT is read for it.
 * @throws CranioplastyError `bad-usage`, `bad-segmentation`
 */
export function assertSkullSegment(path: string, segment?: number): void {
  const bytes = readFile(path);
  if (!isDicom(path, bytes)) return;
  aboutFile(basename(path), () => {
    const { dataset } = parsePart10(bytes);
    // What is no segmentation is refused by what it is.
    if (dataset['SegmentSequence']) chooseSkull({ segments: listSegments(dataset) }, segment);
  });
}

/**
 * Reads the defective skull: a DICOM segmentation, NIfTI, NRRD or MetaImage.
 *
 * @param segment number of the segment or value of the label; may be left out where there is one choice
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-usage`, `bad-segmentation`, `bad-geometry`,
 *   `foreign-frame-of-reference`, `empty-skull`
 */
export async function readSkullInput(
  path: string,
  segment?: number,
  ct?: LoadedCt,
  orientation?: Orientation,
): Promise<SkullInput> {
  const bytes = readFile(path);
  if (isDicom(path, bytes)) {
    return aboutInput(basename(path), () => readDicom(bytes, segment, ct));
  }
  const volume = readVolumeFile(path, orientation, bytes);
  if (!volume) {
    throw new CranioplastyError(
      'bad-usage',
      `${path} is no skull that can be read: give a DICOM segmentation (.dcm), ${volumeEndingsInWords}.`,
    );
  }
  return aboutFile(basename(path), () => {
    if (ct) assertOnCt(volume, ct);
    const mask = maskOf(volume, segment);
    return { mask, bytes: allBytes(path, bytes), warnings: volume.warnings ?? [] };
  });
}

/**
 * Reads a CT: a folder of DICOM files, a multi-frame file, NIfTI, NRRD or MetaImage.
 *
 * @param orientation of a file that has none itself
 * @param series number or UID of the series in a folder that holds several
 * @returns the voxels, the series if it is DICOM, and what the user should know of the file
 */
export async function readCtInput(
  path: string,
  orientation?: Orientation,
  series?: string,
): Promise<{ volume: LoadedCt['volume']; ct?: LoadedCt; warnings: readonly string[] }> {
  const file = volumeEnding(path) && readVolumeFile(path, orientation);
  if (file) {
    const volume = aboutFile(basename(path), () => ctOf(file));
    return { volume, warnings: file.warnings ?? [] };
  }
  const ct = await readCtFolder(path, series);
  return { volume: ct.volume, ct, warnings: ct.series.irregular?.notes ?? [] };
}
