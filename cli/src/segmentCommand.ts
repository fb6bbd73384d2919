import { basename, dirname } from 'node:path';
import { product } from '../../extension/src/dicom/product.ts';
import { writeSegmentation } from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { aboutFile, CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { voxelVolume } from '../../extension/src/engine/space/grid.ts';
import { assertThreshold, segmentBone } from '../../extension/src/engine/bone/segmentBone.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { countSet } from '../../extension/src/engine/space/voxels.ts';
import type { CtSeries } from '../../extension/src/dicom/ct/ctSeries.ts';
import { assertWritable, writeComplete } from './io/completeFiles.ts';
import { writeNifti } from './io/nifti.ts';
import { writeNrrd } from './io/nrrd.ts';
import { orientationConflict, type Orientation } from './io/orientation.ts';
import { readCtInput } from './io/skullInput.ts';
import type { Output } from './output.ts';
import { peakMemory, resamplingOf } from './report.ts';
import { straightenedCt } from './straightenedCt.ts';

export interface SegmentOptions {
  readonly out: string;
  /** HU. */
  readonly threshold: number;
  /** Folder to write the CT to as it was straightened. */
  readonly straightenedCt?: string;
  /** Number or UID of the series in a folder that holds several. */
  readonly series?: string;
  /** Of a volume file that does not say how it lies in the patient. */
  readonly orientation?: Orientation;
}

/** @param ct series that a DICOM segmentation refers to */
type Encoder = (mask: Mask, ct: CtSeries | undefined, threshold: number) => Uint8Array;

const encodeDicom: Encoder = (mask, ct, threshold) => {
  if (!ct) {
    throw new CranioplastyError(
      'bad-usage',
      'A DICOM segmentation needs a DICOM CT to refer to: give --out a name that ends in .nii.gz or .nrrd.',
    );
  }
  const segment = {
    kind: 'skull',
    label: 'Skull',
    description: 'Segmented from CT',
    mask,
    algorithm: {
      type: 'AUTOMATIC',
      name: 'Bone threshold',
      version: product.version,
      parameters: `threshold=${threshold} HU`,
    },
  } as const;
  return new Uint8Array(
    writeSegmentation([segment], { ct }, { seriesDescription: 'Skull', contentLabel: 'SKULL' }),
  );
};

/** How a skull is written, by the ending of the name. */
function encoderOf(name: string): Encoder {
  const lower = name.toLowerCase();
  if (lower.endsWith('.dcm')) return encodeDicom;
  if (lower.endsWith('.nii.gz')) return (mask) => writeNifti(mask);
  if (lower.endsWith('.nii')) return (mask) => writeNifti(mask, false);
  if (lower.endsWith('.nrrd')) return writeNrrd;
  throw new CranioplastyError(
    'bad-usage',
    `The skull cannot be written as ${basename(name)}: give --out a name that ends in .dcm, .nii.gz, .nii or .nrrd.`,
  );
}

/**
 * `cranioplasty segment`: segments bone from a CT and writes it in the geometry of the CT.
 * @throws CranioplastyError whatever reading or segmenting refuses
 */
export async function segmentCommand(
  ctPath: string,
  options: SegmentOptions,
  output: Output,
): Promise<void> {
  const started = performance.now();
  // First what costs nothing to refuse.
  const encode = encoderOf(options.out);
  assertThreshold(options.threshold);
  assertWritable(dirname(options.out), [basename(options.out)]);
  const { volume, ct, warnings } = await readCtInput(ctPath, options.orientation, options.series);
  const straightened = await straightenedCt(options.straightenedCt, ct, output.warning);
  warnings.forEach((message) => output.warning(message));
  const conflict = orientationConflict(volume.grid, options.orientation, basename(ctPath));
  if (conflict) output.warning(conflict);
  const mask = aboutFile(ctPath, () => segmentBone(volume, { threshold: options.threshold }));
  const bytes = encode(mask, straightened?.series ?? ct?.series, options.threshold);
  straightened?.write();
  writeComplete(dirname(options.out), [[basename(options.out), bytes]]);
  const millilitres = (countSet(mask.data) * voxelVolume(mask.grid)) / 1000;
  const seconds = (performance.now() - started) / 1000;
  output.done(
    {
      file: options.out,
      volume: millilitres,
      resampled: ct && resamplingOf(ct.series),
      warnings,
      seconds,
      peakMemory: peakMemory(),
    },
    `Skull of ${millilitres.toFixed(0)} ml in ${seconds.toFixed(1)} s. ${product.researchUse}. Written to ${options.out}`,
  );
}
