import { alternatives } from '../../engine/prior/shapePrior.ts';
import type { Alternative } from '../../engine/prior/shapePrior.ts';
import { CranioplastyError, noAlternative } from '../../engine/space/errors.ts';
import { alternativesInOrder, type ComputedAlternative } from '../../state/alternatives.ts';
import type { StudyResult } from '../../state/studyState.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { currentStudy } from '../currentCt.ts';
import { requireResult, type Parts } from '../parts.ts';
import {
  keepReconstruction,
  maskOfKept,
  wholeReconstruction,
} from '../shapes/keptReconstruction.ts';
import { unedited } from '../shapes/resultParts.ts';
import { isAsComputed, showNewResult } from './reconstruct.ts';
import { editedSkull, skullIdOf } from './sources.ts';
import { why } from '../../words/errorSentences.ts';

/** Whether a result was made with something that knows how much fuller or flatter it could be. */
export function hasAlternatives({ reconstruction }: StudyResult): boolean {
  return reconstruction.deviation !== undefined;
}

/**
 * Computes the other shapes that go with the bone of the result, in the same way and of the same skull, and shows
 * all three side by side. Where the result is not as it was computed its own shape is computed again, too.
 */
export function computeAlternatives(parts: Parts): Promise<void> {
  const { viewer, store, work, shapes } = parts;
  return work.run('alternatives', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const result = requireResult(parts, study);
    if (!hasAlternatives(result)) throw noAlternative();
    if (editedSkull(parts, ct)) {
      throw new CranioplastyError('bad-usage', why('error.skull-edited'));
    }
    const { skullSource, series, modelFolder } = result;
    const { method, alternative: own } = result.reconstruction;
    const skullId = skullIdOf(parts, ct, skullSource);
    const skull = await viewer.readSkull(skullSource, series);
    shapes.designing.keepSkull(skullSource, skull);
    const kept = new Map<Alternative, ComputedAlternative>();
    if (isAsComputed(result)) {
      const { provider, elapsed } = result;
      kept.set(own, { ...keepReconstruction(result.reconstruction), provider, elapsed });
    }
    const wanted = alternatives.filter((alternative) => !kept.has(alternative));
    for (const [index, alternative] of wanted.entries()) {
      work.nextRun(study, { alternative, number: index + 1, count: wanted.length });
      const startedAt = Date.now();
      const run = method === 'network' ? modelFolder : method;
      const reconstruction = await work.followed(study, run, (watch) =>
        client.reconstruct({ skull, skullId, model: modelFolder, method, alternative, ...watch }),
      );
      kept.set(alternative, {
        ...keepReconstruction(reconstruction),
        provider: method === 'network' ? store.get(study).activity?.provider : undefined,
        elapsed: Date.now() - startedAt,
      });
    }
    const computed = await compareToExpected(kept, client);
    // The result may have been edited, shown anew or stored meanwhile.
    const now = requireResult(parts, study);
    store.update(study, { result: { ...now, alternatives: sharing(computed, now) } });
    shapes.showLayout(study, 'alternatives');
  });
}

/** Switches between the three shapes side by side and the result in the usual layout. */
export function showAlternatives({ viewer, store, shapes }: Parts, show: boolean): void {
  const study = currentStudy(viewer);
  if (study === undefined) return;
  const there = store.get(study).result?.alternatives !== undefined;
  shapes.showLayout(study, show && there ? 'alternatives' : 'usual');
}

/**
 * Makes one of the three shapes the result, as if it had been reconstructed so; the others stay to be taken.
 * @param keepEdits as with `updateResult`
 */
export async function takeAlternative(
  parts: Parts,
  alternative: Alternative,
  keepEdits: boolean,
): Promise<void> {
  let study: string | undefined;
  await parts.work.run('take-alternative', async (ct) => {
    study = ct.studyInstanceUID;
    const previous = requireResult(parts, study);
    const taken = previous.alternatives?.find((one) => one.alternative === alternative);
    if (!taken) {
      throw new CranioplastyError('bad-usage', why('error.shape-not-computed'));
    }
    const { series, skullSource, skullRevision, modelFolder } = previous;
    const skull = await parts.shapes.designing.skullOf(previous);
    parts.store.update(study, { alternative });
    const result: StudyResult = {
      ...unedited(wholeReconstruction(taken)),
      ct: previous.ct,
      series,
      skullSource,
      skullRevision,
      modelFolder,
      provider: taken.provider,
      elapsed: taken.elapsed,
      segmentationIds: {},
      alternatives: previous.alternatives,
    };
    await showNewResult(parts, result, skull, keepEdits);
  });
  if (study !== undefined) await parts.shapes.designing.settled(study);
}

/** The three in order, each with what its patch differs by from the expected one. */
async function compareToExpected(
  kept: ReadonlyMap<Alternative, ComputedAlternative>,
  client: Pick<WorkerClient, 'ask'>,
): Promise<ComputedAlternative[]> {
  const all = alternativesInOrder.flatMap((alternative) => kept.get(alternative) ?? []);
  const expected = kept.get('expected');
  const compared: ComputedAlternative[] = [];
  for (const one of all) {
    if (!expected || one === expected) {
      compared.push(one);
      continue;
    }
    const { second: shape, meanDistance } = await client.ask('compare', {
      first: maskOfKept(expected, 'patch'),
      second: maskOfKept(one, 'patch'),
      toCanonical: expected.reconstruction.alignment.toCanonical,
    });
    compared.push({ ...one, difference: { shape, meanDistance } });
  }
  return compared;
}

/** One surface of the skull for all. */
function sharing(
  computed: readonly ComputedAlternative[],
  { reconstruction: { skullMesh } }: StudyResult,
): ComputedAlternative[] {
  return computed.map((one) => ({
    ...one,
    reconstruction: { ...one.reconstruction, skullMesh },
  }));
}
