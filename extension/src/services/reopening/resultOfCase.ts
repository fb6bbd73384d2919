import type { Alignment } from '../../engine/pose/align.ts';
import type { ReconstructedShape, Reconstruction } from '../../engine/reconstruction.ts';
import type { Remeasured } from '../../engine/remeasure.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';
import { joinMeshes } from '../../engine/surface/mesh.ts';
import { warnOfPieces } from '../../engine/warnings.ts';
import { saidOf, type Said } from '../../engine/words/sentence.ts';
import type { CaseRecord, DesignRecord } from '../../dicom/report/caseRecord.ts';
import type { Segment } from '../../dicom/segmentation/readSegmentation.ts';
import type { ImplantChoices } from '../../state/implantChoices.ts';
import { resultShapes, type ResultShape } from '../../state/shapes.ts';
import type { StudyResult } from '../../state/studyState.ts';
import type { ImplantDesign, ProviderReport } from '../../worker/protocol.ts';
import { sayReopened } from '../../words/reopenSentences.ts';
import { unedited } from '../shapes/resultParts.ts';
import { makerOf } from './modelOfSegment.ts';
import type { StoredCase } from './readCase.ts';
import { chosenOf, meshesOfSolids, storedDesign, storedParameters } from './storedDesign.ts';

/** What is computed anew of a stored result. */
export interface Recomputed {
  /** As stored, or found again. */
  readonly alignment: Alignment;
  readonly skullMesh: Mesh;
  readonly remeasured: Readonly<Record<ResultShape, Remeasured>>;
}

/** A stored result as the viewer works with it. */
export interface ReopenedCase {
  readonly result: Omit<
    StudyResult,
    'ct' | 'series' | 'skullSource' | 'skullRevision' | 'segmentationIds' | 'saved' | 'reopened'
  >;
  readonly implant: Pick<ImplantChoices, 'kind' | 'parameters' | 'piece'>;
  /** What is not as it was, and what that stands for, a sentence each. */
  readonly missing: readonly Said[];
}

/** Puts a stored result together: what its report says stands, the rest is as it was computed anew. */
export function resultOfCase(
  stored: StoredCase,
  { alignment, skullMesh, remeasured }: Recomputed,
): ReopenedCase {
  const { masks, solids, unusable } = stored;
  const record = stored.report?.object.record;
  const made = record?.reconstruction;
  const maker = makerOf(stored.patch.algorithm);
  const designed = record
    ? record.design !== undefined
    : stored.implant !== undefined && makerOf(stored.implant.algorithm).designed;
  const objects = solids.map(({ object }) => object);
  const meshes = meshesOfSolids(objects);
  const design = storedDesign(record, meshes, masks.implant);
  const parameters = designed ? storedParameters(record, objects) : undefined;
  const edited = resultShapes.filter((shape) => isEdited(shape, stored, record));
  const implantEdited = edited.includes('implant');

  const shape = (name: ResultShape): ReconstructedShape => ({
    mask: masks[name],
    mesh:
      name === 'implant' && meshes && (design || implantEdited)
        ? joinMeshes(meshes)
        : remeasured[name].mesh,
    measurements: record?.shapes[name]?.measurements ?? remeasured[name].measurements,
  });
  const [patch, implant] = [shape('patch'), shape('implant')];
  const pieces = made?.pieces ?? remeasured.patch.pieces;
  const reconstruction: Reconstruction = {
    method: made?.method ?? maker.method,
    alternative: made?.alternative ?? 'expected',
    model: made?.model ?? maker.model,
    patch,
    implant,
    pieces,
    skullMesh,
    alignment,
    agreement: made?.agreement && { ...made.agreement, perVertex: new Float32Array() },
    deviation: made?.deviation && { ...made.deviation, perVertex: new Float32Array() },
    unlikeness: made?.unlikeness,
    warnings: made?.warnings ?? warnOfPieces(pieces),
    // Of the run nothing more is known.
    windows: 0,
    timings: {},
  };
  const shown: ImplantDesign | undefined = design && { implant: design, shape: implant };
  // Parameters without all of the design give it anew; an implant that was edited is left alone.
  const again = designed && !design && parameters !== undefined && !implantEdited;
  return {
    result: {
      ...unedited(reconstruction),
      design: shown,
      undesigned: again || !designed,
      designProblem: problemOf(record?.design),
      editedBefore: edited,
      modelFolder: made?.modelFolder ?? reconstruction.model.name,
      provider: made?.provider && {
        // Of the command line it is another one.
        provider: made.provider.provider as ProviderReport['provider'],
        description: made.provider.description ?? '',
      },
      elapsed: made?.elapsed,
      rehearsal: record?.rehearsal,
    },
    implant: {
      kind: designed ? 'designed' : 'predicted',
      parameters: parameters ? chosenOf(parameters) : {},
      piece: record?.design?.patchPiece,
    },
    missing: [
      ...unusable,
      ...(made ? [] : [withoutReport(record)]),
      ...(designed ? lackOfDesign({ design: shown, meshes, again, implantEdited }) : []),
    ],
  };
}

function isEdited(shape: ResultShape, stored: StoredCase, record?: CaseRecord): boolean {
  const segment: Segment | undefined = stored[shape];
  return record?.shapes[shape]?.edited ?? segment?.algorithm.type === 'SEMIAUTOMATIC';
}

function withoutReport(record: CaseRecord | undefined): Said {
  return sayReopened(record ? 'reopened.report-lacks' : 'reopened.no-report');
}

function lackOfDesign({
  design,
  meshes,
  again,
  implantEdited,
}: {
  readonly design?: ImplantDesign;
  readonly meshes?: readonly Mesh[];
  readonly again: boolean;
  readonly implantEdited: boolean;
}): Said[] {
  if (design) return [];
  if (again) return [sayReopened('reopened.designed-again')];
  if (implantEdited) {
    return [sayReopened(meshes ? 'reopened.no-checks' : 'reopened.no-checks-no-surface')];
  }
  return [sayReopened('reopened.no-parameters')];
}

function problemOf(design: DesignRecord | undefined): Said | undefined {
  if (design?.problem === undefined) return undefined;
  return saidOf({ message: design.problem, sentence: design.problemSentence });
}
