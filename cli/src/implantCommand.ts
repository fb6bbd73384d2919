import { basename } from 'node:path';
import { product } from '../../extension/src/dicom/product.ts';
import { prepareDesign } from '../../extension/src/engine/implant/context.ts';
import { designImplant, type DesignedImplant } from '../../extension/src/engine/implant/design.ts';
import { completeParameters } from '../../extension/src/engine/implant/parameters.ts';
import { align } from '../../extension/src/engine/pose/align.ts';
import { loadAtlas } from '../../extension/src/engine/pose/atlas.ts';
import { cropToContent, skullMargin } from '../../extension/src/engine/space/crop.ts';
import { aboutFile, CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { sha256 } from '../../extension/src/engine/space/files.ts';
import type { RigidTransform } from '../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { writeStl } from '../../extension/src/engine/surface/stl.ts';
import { writeThreeMf } from '../../extension/src/engine/surface/threeMf.ts';
import { openSolidKernel } from '../../extension/src/solidKernel.ts';
import { describeBody, implantObjects } from './implantObjects.ts';
import { chosenParameters } from './implantOptions.ts';
import { assertWritable, writeComplete, type Files } from './io/completeFiles.ts';
import { readCtFolder } from './io/dicomFolder.ts';
import { orientationConflict, type Orientation } from './io/orientation.ts';
import { readPatchInput } from './io/patchInput.ts';
import { assertSkullSegment, readSkullInput } from './io/skullInput.ts';
import { folderSource } from './modelFolder.ts';
import type { Output } from './output.ts';
import { resamplingOf } from './report.ts';

export interface ImplantOptions {
  readonly out: string;
  readonly ct?: string;
  readonly segment?: number;
  readonly patchSegment?: number;
  /** Which of the patch's pieces. */
  readonly piece?: number;
  readonly orientation?: Orientation;
  /** JSON file with parameters. */
  readonly parameters?: string;
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

function surfaceFiles({ meshes }: DesignedImplant): Files {
  const header = `${product.name} ${product.version} designed implant, mm, LPS, research use`;
  return meshes.map((mesh, piece) => [
    meshes.length === 1 ? 'implant.stl' : `implant-${piece + 1}.stl`,
    writeStl(mesh, header),
  ]);
}

/** All pieces in one file, with unit and words. */
function threeMf(design: DesignedImplant, licence: string | undefined): Uint8Array {
  return writeThreeMf(design.meshes, {
    title: 'Designed cranial implant',
    description: `${product.researchUse}. ${describeBody(design)}.`,
    application: `${product.name} ${product.version}`,
    licence,
  });
}

/**
 * `cranioplasty implant`: designs an implant for a skull and its patch and writes surface, voxels and report.
 * Nothing is written unless everything is complete.
 * @throws CranioplastyError whatever reading or the engine refuses
 */
export async function implantCommand(
  skullPath: string,
  patchPath: string,
  options: ImplantOptions & Readonly<Record<string, unknown>>,
  output: Output,
): Promise<void> {
  const started = performance.now();
  // First what costs nothing to refuse.
  const parameters = completeParameters(chosenParameters(options, options.parameters));
  assertWritable(options.out, ['implant.stl', 'implant.3mf', 'implant.json']);
  assertSkullSegment(skullPath, options.segment);
  const { orientation } = options;
  const ct = options.ct === undefined ? undefined : await readCtFolder(options.ct);
  const skull = readSkullInput(skullPath, options.segment, ct, orientation);
  const patch = readPatchInput(patchPath, skull, {
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
  const kernel = await openSolidKernel();
  const ready = performance.now();
  const both = `${basename(skullPath)}, ${basename(patchPath)}`;
  const context = aboutFile(both, () =>
    prepareDesign({
      skull: skull.mask,
      patch: patch.mask,
      piece: options.piece,
      toCanonical,
    }),
  );
  const prepared = performance.now();
  const design = aboutFile(both, () => designImplant(context, parameters, kernel));
  const designed = performance.now();

  const stls = surfaceFiles(design);
  const facts = { skull, ct, piece: options.piece, terms: patch.terms, stls };
  const files = [
    ...aboutFile(both, () => implantObjects(design, facts)),
    ...stls,
    ['implant.3mf', threeMf(design, patch.terms)] satisfies Files[number],
  ];
  for (const { result, message } of design.checks) if (result !== 'pass') output.warning(message);
  const { axis, tilt, volume, mass, undercut, checks } = design;
  const report = {
    product: { name: product.name, version: product.version, use: product.researchUse },
    created: new Date().toISOString(),
    input: {
      skull: {
        file: basename(skullPath),
        sha256: await sha256(skull.bytes),
        segment: skull.segment,
      },
      patch: {
        file: basename(patchPath),
        sha256: await sha256(patch.bytes),
        segment: patch.segment,
        piece: options.piece,
      },
      ctSeriesInstanceUID: ct?.series.seriesInstanceUID,
      resampled: ct && resamplingOf(ct.series),
    },
    parameters,
    axis,
    tilt,
    volume,
    mass,
    undercut,
    crumbs: context.crumbs,
    checks,
    timings: {
      read: Math.round(ready - started),
      prepare: Math.round(prepared - ready),
      design: Math.round(designed - prepared),
    },
    files: await Promise.all(
      files.map(async ([name, bytes]) => ({ name, sha256: await sha256(bytes) })),
    ),
  };
  const reportFile = new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
  // The report comes last: where it is, the rest is complete.
  writeComplete(options.out, [...files, ['implant.json', reportFile]]);
  const failed = checks.filter(({ result }) => result === 'fail').length;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  output.done(
    { files: [...files.map(([name]) => name), 'implant.json'], folder: options.out, report },
    `Implant of ${volume.toFixed(1)} ml, ${mass.toFixed(1)} g; ${failed === 0 ? 'all checks passed or warned' : `${failed} checks failed`}; ${seconds} s. ${product.researchUse}. Written to ${options.out}`,
  );
}
