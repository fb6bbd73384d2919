import { CranioplastyError } from '../../engine/space/errors.ts';
import { voxelCount } from '../../engine/space/grid.ts';
import { middleVertex } from '../../engine/surface/mesh.ts';
import type { MethodName, Reconstruction } from '../../engine/reconstruction.ts';
import type { Mask } from '../../engine/space/volume.ts';
import type { Alternative } from '../../engine/prior/shapePrior.ts';
import type { ResultShape } from '../../state/shapes.ts';
import type { StudyResult } from '../../state/studyState.ts';
import type { SkullSource } from '../../viewer/skullSource.ts';
import type { CtReference } from '../../viewer/ViewerPort.ts';
import { unedited } from '../shapes/resultParts.ts';
import { currentCt } from '../currentCt.ts';
import { chosenModel, requireResult, type Parts } from '../parts.ts';
import { makeRoom } from '../shapes/makeRoom.ts';
import { applyPatchEdits, patchEdits } from '../shapes/patchEdits.ts';
import {
  chosenSource,
  editedSkull,
  revisionOfSource,
  skullIdOf,
  skullIdOfResult,
} from './sources.ts';
import { why } from '../../words/errorSentences.ts';

/** What is run on what. */
interface Run {
  readonly source: SkullSource;
  readonly method: MethodName;
  readonly alternative: Alternative;
  /** Folder name of the model. */
  readonly model: string;
}

/**
 * Reconstructs the chosen skull and shows the result in the place of the previous one. It can be worked with at once;
 * the promise waits until its implant is designed, too.
 */
export function reconstruct(parts: Parts): Promise<void> {
  return run(parts, (ct) => chosenRun(parts, ct));
}

/**
 * Reconstructs the skull of the result as it was edited since, in the same way.
 * @param keepEdits whether what the user changed of the patch by hand is done again to the new one
 */
export function updateResult(parts: Parts, keepEdits: boolean): Promise<void> {
  return run(parts, (ct) => sameRun(parts, ct), keepEdits);
}

/** Loads the networks that the next reconstruction will want, and makes its skull ready, while nobody waits for them. */
export function loadNetworksAhead(parts: Parts): void {
  const { viewer, store, work } = parts;
  const { ct } = currentCt(viewer);
  if (!ct) return;
  const study = ct.studyInstanceUID;
  const { method, alternative, activity } = store.get(study);
  if (method !== 'network' || activity) return;
  const source = chosenSource(parts, ct);
  const skull = source && {
    id: skullIdOf(parts, ct, source),
    alternative,
    voxels: () => voxelCount(viewer.readSeries(ct).grid),
    read: () => viewer.readSkull(source, viewer.readSeries(ct)),
  };
  // What is wrong with them is told by the run.
  work.client?.loadAhead(chosenModel(parts, study), skull).catch(() => undefined);
}

function chosenRun(parts: Parts, ct: CtReference): Run {
  const study = ct.studyInstanceUID;
  const source = chosenSource(parts, ct);
  if (!source) {
    throw new CranioplastyError('empty-skull', why('error.no-skull'));
  }
  const { method, alternative } = parts.store.get(study);
  return { source, method, alternative, model: chosenModel(parts, study) };
}

function sameRun(parts: Parts, ct: CtReference): Run {
  const { reconstruction, modelFolder } = requireResult(parts, ct.studyInstanceUID);
  const source = editedSkull(parts, ct);
  if (!source) {
    throw new CranioplastyError('bad-usage', why('error.not-edited'));
  }
  const { method, alternative } = reconstruction;
  return { source, method, alternative, model: modelFolder };
}

async function run(parts: Parts, plan: (ct: CtReference) => Run, keepEdits = false): Promise<void> {
  const { viewer, store, work, shapes } = parts;
  let shown: string | undefined;
  await work.run('reconstruct', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const startedAt = Date.now();
    const { source, method, model, alternative: wanted } = plan(ct);
    const series = viewer.readSeries(ct);
    const skullRevision = revisionOfSource(parts, source);
    const skullId = skullIdOf(parts, ct, source);
    const skull = await viewer.readSkull(source, series);
    // The mirrored side has one shape.
    const alternative = method === 'mirror' ? 'expected' : wanted;
    const folder = method === 'network' ? model : method;
    const computed = await work.followed(study, folder, (watch) =>
      client.reconstruct({ skull, skullId, model, method, alternative, ...watch }),
    );
    // To draw the largest surface anew takes longer than all others.
    const { result: previous } = store.get(study);
    const isSameSkull = previous && skullIdOfResult(previous) === skullId;
    const reconstruction = isSameSkull
      ? { ...computed, skullMesh: previous.reconstruction.skullMesh }
      : computed;
    const { activity } = store.get(study);
    const result: StudyResult = {
      ...unedited(reconstruction),
      ct,
      series,
      skullSource: source,
      skullRevision,
      modelFolder: model,
      provider: method === 'network' ? activity?.provider : undefined,
      elapsed: Date.now() - startedAt,
      segmentationIds: {},
    };
    // Only now: a run that fails leaves the previous result untouched.
    await showNewResult(parts, result, skull, keepEdits);
    shown = study;
  });
  if (shown === undefined) return;
  await shapes.designing.settled(shown);
  loadNetworksAhead(parts);
}

/**
 * Shows a result that nobody has edited in the place of the previous one.
 * @param skull that it is of, on the grid of the CT
 * @param keepEdits as with `updateResult`
 */
export async function showNewResult(
  parts: Parts,
  result: StudyResult,
  skull: Mask,
  keepEdits: boolean,
): Promise<void> {
  const { viewer, store, shapes } = parts;
  const study = result.ct.studyInstanceUID;
  const { result: previous, implant } = store.get(study);
  const edits = keepEdits && previous ? patchEdits(previous, parts.edits) : undefined;
  const carried: ResultShape[] = edits?.complete ? ['patch'] : [];
  asComputed.add(result.reconstruction);
  const free = makeRoom(viewer, previous, result, carried);
  shapes.forgetJudgements(study);
  shapes.showLayout(study, 'usual');
  // Below, when there is something to show; a change of the viewer must not come before.
  shapes.markShown(study);
  store.update(study, { result, implant: { ...implant, piece: undefined } });
  shapes.designing.keepSkull(result.skullSource, skull);
  // The patch is what is waited for; its implant is designed while one looks at it.
  await shapes.show(study, free);
  if (edits) applyPatchEdits(parts, study, edits, skull);
  viewer.lookAt(middleVertex(result.reconstruction.patch.mesh));
}

/** Reconstructions of which nothing was left out and that were not stored meanwhile. */
const asComputed = new WeakSet<Reconstruction>();

/** Whether the reconstruction of a result is the whole one that was computed in this session. */
export function isAsComputed({ reconstruction }: StudyResult): boolean {
  return asComputed.has(reconstruction);
}
