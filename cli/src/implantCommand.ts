import { basename } from 'node:path';
import { product } from '../../extension/src/dicom/product.ts';
import { align } from '../../extension/src/engine/pose/align.ts';
import { loadAtlas } from '../../extension/src/engine/pose/atlas.ts';
import { cropToContent, skullMargin } from '../../extension/src/engine/space/crop.ts';
import {
  aboutInput,
  aboutFile,
  CranioplastyError,
} from '../../extension/src/engine/space/errors.ts';
import type { RigidTransform } from '../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { designReport, jsonFile } from './implant/designReport.ts';
import { makeDesign } from './implant/makeDesign.ts';
import { implantObjects } from './implant/objects.ts';
import { wantedDesign, type DesignOptions } from './implant/options.ts';
import { stlFiles, threeMfFile } from './implant/solidFiles.ts';
import { assertWritable, writeComplete } from './io/completeFiles.ts';
import { readCtFolder } from './io/dicomFolder.ts';
import { orientationConflict, type Orientation } from './io/orientation.ts';
import { readPatchInput } from './io/patchInput.ts';
import { assertSkullSegment, readSkullInput } from './io/skullInput.ts';
import { folderSource } from './modelFolder.ts';
import type { Output } from './output.ts';

export interface ImplantOptions {
  readonly out: string;
  readonly ct?: string;
  readonly segment?: number;
  readonly patchSegment?: number;
  readonly orientation?: Orientation;
}

/** Where the skull lies in the canonical frame, if that can be told; it only matters for the temple. */
async function poseOf(
  skull: Mask,
  warn: (message: string) => void,
): Promise<RigidTransform | undefined> {
  const atlas = await loadAtlas(folderSource('atlas'));
  try {
    return align(cropToContent(skull, skullMargin), atlas).toCanonical;
  } catch (error) {
    if (!(error instanceof CranioplastyError) || error.code !== 'alignment-failed') throw error;
    warn(
      'The skull cannot be aligned, so the temple is not known: the clearance is the same all around.',
    );
    return undefined;
  }
}

/**
 * `cranioplasty implant`: designs an implant for a skull and its patch and writes surface, voxels and report.
 * Nothing is written unless everything is complete.
 * @throws CranioplastyError whatever reading or the engine refuses
 */
export async function implantCommand(
  skullPath: string,
  patchPath: string,
  options: ImplantOptions & DesignOptions,
  output: Output,
): Promise<void> {
  const started = performance.now();
  // First what costs nothing to refuse.
  const { parameters, piece } = wantedDesign(options);
  assertWritable(options.out, ['implant.stl', 'implant.3mf', 'implant.json']);
  assertSkullSegment(skullPath, options.segment);
  const { orientation } = options;
  const ct = options.ct === undefined ? undefined : await readCtFolder(options.ct);
  const skull = await readSkullInput(skullPath, options.segment, ct, orientation);
  const patch = await readPatchInput(patchPath, skull, {
    segment: options.patchSegment,
    ct,
    orientation,
  });
  ct?.series.irregular?.notes.forEach((note) => output.warning(note));
  for (const [mask, path] of [
    [skull.mask, skullPath],
    [patch.mask, patchPath],
  ] as const) {
    const conflict = orientationConflict(mask.grid, orientation, basename(path));
    if (conflict) output.warning(conflict);
  }
  const toCanonical = await poseOf(skull.mask, output.warning);
  const ready = performance.now();
  const both = `${basename(skullPath)}, ${basename(patchPath)}`;
  const made = await aboutInput(both, () =>
    makeDesign(
      { skull: skull.mask, patch: patch.mask, piece, toCanonical },
      parameters,
      output.warning,
    ),
  );
  const { design } = made;

  const stls = stlFiles(design);
  const files = [
    ...aboutFile(both, () =>
      implantObjects(design, { skull, ct, piece, terms: patch.terms, stls }),
    ),
    ...stls,
    threeMfFile(design, patch.terms),
  ];
  const report = await designReport(
    made,
    {
      skull: { file: basename(skullPath), bytes: skull.bytes, segment: skull.segment },
      patch: { file: basename(patchPath), bytes: patch.bytes, segment: patch.segment, piece },
    },
    { files, ct: ct?.series, timings: { read: ready - started } },
  );
  // The report comes last: where it is, the rest is complete.
  writeComplete(options.out, [...files, ['implant.json', jsonFile(report)]]);
  const { volume, mass, checks } = design;
  const failed = checks.filter(({ result }) => result === 'fail').length;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  output.done(
    { files: [...files.map(([name]) => name), 'implant.json'], folder: options.out, report },
    `Implant of ${volume.toFixed(1)} ml, ${mass.toFixed(1)} g; ${failed === 0 ? 'all checks passed or warned' : `${failed} checks failed`}; ${seconds} s. ${product.researchUse}. Written to ${options.out}`,
  );
}
