import { basename } from 'node:path';
import type { Alternative } from '../../extension/src/engine/prior/shapePrior.ts';
import { product } from '../../extension/src/dicom/product.ts';
import {
  implantMeasurements,
  patchMeasurements,
} from '../../extension/src/dicom/report/caseMeasurements.ts';
import { recordOfReconstruction } from '../../extension/src/dicom/report/recordOf.ts';
import { writeReport } from '../../extension/src/dicom/report/writeReport.ts';
import { readSegmentation } from '../../extension/src/dicom/segmentation/readSegmentation.ts';
import {
  writeSegmentation,
  type SegmentToWrite,
} from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { loadAtlas } from '../../extension/src/engine/pose/atlas.ts';
import { loadModel, loadPrior } from '../../extension/src/engine/cascade/model.ts';
import type { RunControl } from '../../extension/src/engine/progress.ts';
import { reconstruct } from '../../extension/src/engine/reconstruct.ts';
import type { Rehearsal } from '../../extension/src/engine/rehearsal.ts';
import { aboutFile, aboutInput } from '../../extension/src/engine/space/errors.ts';
import type { Grid } from '../../extension/src/engine/space/grid.ts';
import { countSet } from '../../extension/src/engine/space/voxels.ts';
import type { ReconstructionWarning } from '../../extension/src/engine/warnings.ts';
import { writeStl } from '../../extension/src/engine/surface/stl.ts';
import type {
  MethodName,
  ReconstructedShape,
  Reconstruction,
} from '../../extension/src/engine/reconstruction.ts';
import { dateAndTime } from '../../extension/src/dateAndTime.ts';
import { seriesDescriptionOf, termsOf } from '../../extension/src/models.ts';
import { openBackend, type ProviderChoice } from './openBackend.ts';
import { assertWritable, writeComplete, type Files } from './io/completeFiles.ts';
import { readCtFolder } from './io/dicomFolder.ts';
import { writeNifti } from './io/nifti.ts';
import { orientationConflict, type Orientation } from './io/orientation.ts';
import { assertSkullSegment, readSkullInput, type SkullInput } from './io/skullInput.ts';
import type { LoadedCt } from '../../extension/src/dicom/ct/ctPixels.ts';
import { folderSource, modelSource } from './modelFolder.ts';
import type { Output } from './output.ts';
import { rehearseIfPossible } from './rehearseIfPossible.ts';
import { makeReport, summaryOf } from './report.ts';

export interface ReconstructOptions {
  readonly out: string;
  readonly ct?: string;
  /** Number or UID of the series in a CT folder that holds several. */
  readonly series?: string;
  readonly segment?: number;
  /** Of a volume file that does not say how it lies in the patient. */
  readonly orientation?: Orientation;
  readonly model: string;
  readonly method: MethodName;
  /** Another shape than the expected one. */
  readonly alternative?: Alternative;
  readonly provider: ProviderChoice;
  /** Whether to rehearse the result on the intact side. */
  readonly rehearse?: boolean;
  /** Of the CPU (default: one for each core). */
  readonly threads?: number;
}

const isSet = ({ mask }: ReconstructedShape): boolean => countSet(mask.data) > 0;

/** Both shapes as segments of one object; an implant that is empty is left out. */
function resultSegments({ patch, implant, model }: Reconstruction): SegmentToWrite[] {
  const algorithm = {
    type: 'AUTOMATIC',
    name: `${product.name} ${model.name}`,
    version: model.version,
    modelHash: model.hash,
    terms: termsOf(model),
  } as const;
  const segments: SegmentToWrite[] = [
    {
      kind: 'skull-patch',
      label: 'Skull patch',
      description: 'Missing bone, reconstructed',
      mask: patch.mask,
      algorithm,
    },
    {
      kind: 'implant',
      label: 'Implant',
      description: 'Implant of constant thickness with clearance',
      mask: implant.mask,
      algorithm,
    },
  ];
  return segments.filter(({ mask }) => countSet(mask.data) > 0);
}

function volumeFiles(
  result: Reconstruction,
  input: SkullInput,
  name: string,
  ct?: LoadedCt,
  rehearsal?: Rehearsal,
): Files {
  if (!input.segmentation) {
    const files: Files = [
      ['skull-patch.nii.gz', writeNifti(result.patch.mask)],
      ['implant.nii.gz', writeNifti(result.implant.mask)],
    ];
    return isSet(result.implant) ? files : files.slice(0, 1);
  }
  const source = ct ? { ct: ct.series } : { instance: input.segmentation.dataset };
  const segments = resultSegments(result);
  const file = writeSegmentation(segments, source, {
    seriesDescription: seriesDescriptionOf(result.model, dateAndTime(new Date())),
  });
  const [{ algorithm }] = segments;
  const record = {
    format: 1,
    reconstruction: recordOfReconstruction(result, {
      skull: {
        label: input.segment?.label ?? name,
        sopInstanceUID: input.segmentation.sopInstanceUID,
        ...(input.segment ? { segment: input.segment.number } : {}),
      },
      ...(result.provider ? { provider: { provider: result.provider } } : {}),
    }),
    shapes: {
      patch: { measurements: result.patch.measurements, edited: false },
      implant: { measurements: result.implant.measurements, edited: false },
    },
    ...(rehearsal ? { rehearsal } : {}),
  } as const;
  const report = writeReport(
    {
      record,
      groups: [
        { kind: 'skull-patch', algorithm, ...patchMeasurements(record) },
        { kind: 'implant', algorithm, ...implantMeasurements(record) },
      ],
    },
    source,
    {
      seriesDescription: seriesDescriptionOf(result.model, 'measurements'),
      segmentation: readSegmentation(file),
    },
  );
  return [
    ['reconstruction.dcm', new Uint8Array(file)],
    ['report.dcm', new Uint8Array(report)],
  ];
}

function grownWarning(name: string, own: Grid, larger: Grid): string {
  const sizes = [own, larger].map(({ size }) => size.join(' × '));
  return `The result reaches beyond the grid of ${name}: its files have ${sizes[1]} voxels instead of ${sizes[0]}, in the same places.`;
}

function surfaceFiles({ patch, implant }: Reconstruction): Files {
  const header = (what: string) =>
    `${product.name} ${product.version} ${what}, mm, LPS, research use`;
  const files: Files = [
    ['skull-patch.stl', writeStl(patch.mesh, header('skull patch'))],
    ['implant.stl', writeStl(implant.mesh, header('implant'))],
  ];
  return isSet(implant) ? files : files.slice(0, 1);
}

/** What the chosen method needs, ready to run. */
async function openMethod(
  { method, alternative, model: name, provider, threads }: ReconstructOptions,
  warn: (message: string) => void,
  onProgress: RunControl['onProgress'],
) {
  const common = { alternative, onProgress };
  if (method === 'mirror') {
    return { method, atlas: await loadAtlas(folderSource('atlas')), ...common };
  }
  if (method === 'continuation') {
    const prior = await loadPrior(modelSource(name));
    return { method, prior, atlas: prior.atlas, ...common };
  }
  const model = await loadModel(modelSource(name));
  const backend = await openBackend(provider, model, warn, threads);
  return { model, atlas: model.atlas, backend, modelChecked: true, ...common };
}

/**
 * `cranioplasty reconstruct`: reads the skull, reconstructs it and writes the results. Nothing is
 * written unless everything is complete.
 * @throws CranioplastyError whatever reading, the engine or a provider refuses
 */
export async function reconstructCommand(
  skullPath: string,
  options: ReconstructOptions,
  output: Output,
): Promise<void> {
  const started = performance.now();
  assertWritable(options.out, ['skull-patch.stl', 'implant.stl', 'report.json']);
  assertSkullSegment(skullPath, options.segment);
  const ct = options.ct === undefined ? undefined : await readCtFolder(options.ct, options.series);
  const input = readSkullInput(skullPath, options.segment, ct, options.orientation);
  const read = performance.now();

  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
    output.warning(message);
  };
  const name = basename(skullPath);
  const conflict = orientationConflict(input.mask.grid, options.orientation, name);
  if (conflict) warn(conflict);
  input.warnings.forEach(warn);
  const resampled = (ct?.series.irregular?.notes ?? []).map((message): ReconstructionWarning => ({
    code: 'resampled-ct',
    message,
  }));
  for (const { message } of resampled) output.warning(message);
  if (input.segmentation && !ct) {
    warn(
      'Without --ct it cannot be checked whether the scan covers the whole skull, and the result does not refer to the CT slices.',
    );
  }
  output.progress({ stage: 'load-model', fraction: 0 });
  const how = await openMethod(options, warn, output.progress);
  const ready = performance.now();
  const skull = input.mask;
  let result: Reconstruction;
  let rehearsal: Rehearsal | undefined;
  try {
    // On a CT the result has the CT's voxels; else nothing says that the head ends where the file does.
    result = await aboutInput(name, () => reconstruct({ skull, mayGrow: !ct, ...how }));
    if (options.rehearse) {
      const { patch, alignment } = result;
      const { toCanonical } = alignment;
      const request = { skull: result.grown ?? skull, patch: patch.mask, toCanonical, ...how };
      rehearsal = await aboutInput(name, () => rehearseIfPossible(request, warn));
    }
  } finally {
    if ('backend' in how) await how.backend.release();
  }
  for (const { message } of result.warnings) output.warning(message);
  result = { ...result, warnings: [...resampled, ...result.warnings] };
  if (result.grown) warn(grownWarning(name, skull.grid, result.grown.grid));
  if (!isSet(result.implant)) {
    warn('The model predicted no implant: only the skull patch was written.');
  }

  if (rehearsal?.warning) warn(rehearsal.warning.message);

  const volumes = aboutFile(name, () => volumeFiles(result, input, name, ct, rehearsal));
  const files = [...volumes, ...surfaceFiles(result)];
  const report = await makeReport(result, {
    input: { name, bytes: input.bytes, segment: input.segment },
    ct: ct?.series,
    rehearsal,
    warnings,
    timings: {
      read: read - started,
      'load-model': ready - read,
      total: performance.now() - started,
    },
    files,
  });
  const reportFile = new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
  // The report comes last: where it is, the rest is complete.
  writeComplete(options.out, [...files, ['report.json', reportFile]]);

  output.done(
    { files: [...files.map(([name]) => name), 'report.json'], folder: options.out, report },
    summaryOf(result, performance.now() - started, options.out),
  );
}
