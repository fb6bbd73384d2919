import { basename } from 'node:path';
import type { Alternative } from '../../extension/src/engine/prior/shapePrior.ts';
import { loadModel, loadPrior } from '../../extension/src/engine/cascade/model.ts';
import type { Crew } from '../../extension/src/engine/crew/Crew.ts';
import { designedShape } from '../../extension/src/engine/designedShape.ts';
import { loadAtlas, type Atlas } from '../../extension/src/engine/pose/atlas.ts';
import type { RunControl } from '../../extension/src/engine/progress.ts';
import { reconstruct } from '../../extension/src/engine/reconstruct.ts';
import { aboutInput } from '../../extension/src/engine/space/errors.ts';
import type { ReconstructionWarning } from '../../extension/src/engine/warnings.ts';
import type {
  MethodName,
  ReconstructedShape,
  Reconstruction,
} from '../../extension/src/engine/reconstruction.ts';
import type { Rehearsal } from '../../extension/src/engine/rehearsal.ts';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import type { Grid } from '../../extension/src/engine/space/grid.ts';
import { applyRigid, invertRigid } from '../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { jsonFile } from './implant/designReport.ts';
import { makeDesign, type MadeDesign } from './implant/makeDesign.ts';
import { wantedDesignIfAny, type DesignOptions, type WantedDesign } from './implant/options.ts';
import { openBackend, type ProviderChoice } from './openBackend.ts';
import { openCrew } from './openCrew.ts';
import { assertWritable, writeComplete } from './io/completeFiles.ts';
import { readCtFolder } from './io/dicomFolder.ts';
import { orientationConflict, type Orientation } from './io/orientation.ts';
import { assertSkullSegment, readSkullInput } from './io/skullInput.ts';
import { folderSource, modelSource } from './modelFolder.ts';
import type { Output } from './output.ts';
import { isSet, resultFiles, type ResultToWrite } from './reconstructFiles.ts';
import { rehearseIfPossible } from './rehearseIfPossible.ts';
import { makeReport, summaryOf } from './report.ts';
import { straightenedCt } from './straightenedCt.ts';

export interface ReconstructOptions {
  readonly out: string;
  readonly ct?: string;
  /** Folder to write the CT to as it was straightened. */
  readonly straightenedCt?: string;
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

function grownWarning(name: string, own: Grid, larger: Grid): string {
  const sizes = [own, larger].map(({ size }) => size.join(' × '));
  return `The result reaches beyond the grid of ${name}: its files have ${sizes[1]} voxels instead of ${sizes[0]}, in the same places.`;
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

interface ShapedDesign {
  readonly made: MadeDesign;
  readonly shape: ReconstructedShape;
  /** Milliseconds. */
  readonly elapsed: number;
}

/**
 * Designs the implant for a patch that was just made. A patch that took minutes is not lost with an implant that
 * cannot be designed: then it is the failure that comes back, which says what to do.
 */
async function tryToDesign(
  result: Reconstruction,
  given: Mask,
  atlas: Atlas,
  { parameters, piece }: WantedDesign,
  warn: (message: string) => void,
): Promise<ShapedDesign | { readonly failure: CranioplastyError }> {
  const started = performance.now();
  const { toCanonical } = result.alignment;
  const request = { skull: result.grown ?? given, patch: result.patch.mask, piece, toCanonical };
  try {
    const made = await makeDesign(request, parameters, warn);
    const cavity = applyRigid(invertRigid(toCanonical), atlas.centre);
    const shape = designedShape(made.design, cavity);
    return { made, shape, elapsed: performance.now() - started };
  } catch (error) {
    if (!(error instanceof CranioplastyError)) throw error;
    const { code, message } = error;
    warn(`No implant was designed: ${message}`);
    return {
      failure: new CranioplastyError(
        code,
        `The patch was written, but no implant was designed for it: ${message}`,
        { cause: error },
      ),
    };
  }
}

/**
 * `cranioplasty reconstruct`: reads the skull, reconstructs it, designs the implant if that is asked for, and writes
 * the results. Nothing is written unless everything is complete but an implant that cannot be designed.
 * @throws CranioplastyError whatever reading, the engine or a provider refuses
 */
export async function reconstructCommand(
  skullPath: string,
  options: ReconstructOptions & DesignOptions & { readonly design?: boolean },
  output: Output,
): Promise<void> {
  const started = performance.now();
  // First what costs nothing to refuse.
  const wanted = wantedDesignIfAny(options);
  assertWritable(options.out, ['skull-patch.stl', 'implant.stl', 'report.json']);
  assertSkullSegment(skullPath, options.segment);
  // Its threads start while the input is read.
  const crew = openCrew(options.threads);
  try {
    await reconstructFile(skullPath, options, output, { started, wanted, crew });
  } finally {
    crew.close();
  }
}

interface Begun {
  /** When, `performance.now()`. */
  readonly started: number;
  readonly wanted: WantedDesign | undefined;
  readonly crew: Crew;
}

async function reconstructFile(
  skullPath: string,
  options: ReconstructOptions,
  output: Output,
  { started, wanted, crew }: Begun,
): Promise<void> {
  const ct = options.ct === undefined ? undefined : await readCtFolder(options.ct, options.series);
  const input = await readSkullInput(skullPath, options.segment, ct, options.orientation);
  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
    output.warning(message);
  };
  const straightened = await straightenedCt(options.straightenedCt, ct, warn);
  const read = performance.now();

  const name = basename(skullPath);
  const conflict = orientationConflict(input.mask.grid, options.orientation, name);
  if (conflict) warn(conflict);
  input.warnings.forEach(warn);
  const resampled = (ct?.series.irregular?.notes ?? []).map((message): ReconstructionWarning => ({
    code: 'resampled-ct',
    message,
  }));
  for (const { message } of resampled) output.warning(message);
  if (input.segmentation && resampled.length > 0 && !straightened) {
    warn(
      'The viewer opens neither a CT like this nor results that refer to it: give --straightened-ct a folder for the CT on which it does.',
    );
  }
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
    result = await aboutInput(name, () => reconstruct({ skull, mayGrow: !ct, crew, ...how }));
    if (options.rehearse) {
      const { patch, alignment } = result;
      const { toCanonical } = alignment;
      const request = {
        skull: result.grown ?? skull,
        patch: patch.mask,
        toCanonical,
        crew,
        ...how,
      };
      rehearsal = await aboutInput(name, () => rehearseIfPossible(request, warn));
    }
  } finally {
    crew.close();
    if ('backend' in how) await how.backend.release();
  }
  for (const { message } of result.warnings) output.warning(message);
  result = { ...result, warnings: [...resampled, ...result.warnings] };
  if (result.grown) warn(grownWarning(name, skull.grid, result.grown.grid));
  if (rehearsal?.warning) warn(rehearsal.warning.message);
  const designed = wanted && (await tryToDesign(result, skull, how.atlas, wanted, warn));
  const toWrite: ResultToWrite = {
    ...(designed && 'shape' in designed
      ? { result: { ...result, implant: designed.shape }, designed, predicted: result.implant }
      : { result }),
    input,
    name,
    ct,
    straightened: straightened?.series,
    rehearsal,
    piece: wanted?.piece,
  };
  if (!designed && !isSet(result.implant)) {
    warn('The model predicted no implant: only the skull patch was written.');
  }

  const files = await aboutInput(name, () => resultFiles(toWrite));
  const report = await makeReport(toWrite.result, {
    input: { name, bytes: input.bytes, segment: input.segment },
    ct: ct?.series,
    straightened: straightened?.series,
    rehearsal,
    warnings,
    implant: toWrite.designed ? 'designed' : 'predicted',
    timings: {
      read: read - started,
      'load-model': ready - read,
      ...(toWrite.designed && { 'design-implant': toWrite.designed.elapsed }),
      total: performance.now() - started,
    },
    files,
  });
  straightened?.write();
  // The report comes last: where it is, the rest is complete.
  writeComplete(options.out, [...files, ['report.json', jsonFile(report)]]);
  if (designed && 'failure' in designed) throw designed.failure;

  output.done(
    { files: [...files.map(([name]) => name), 'report.json'], folder: options.out, report },
    summaryOf(toWrite.result, performance.now() - started, options.out),
  );
}
