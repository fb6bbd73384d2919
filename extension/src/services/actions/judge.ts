import type { FitOverlay } from '../../state/studyState.ts';
import type { SkullSource } from '../../viewer/skullSource.ts';
import type { CtReference } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { currentStudy } from '../currentCt.ts';
import { requireResult, type Parts } from '../parts.ts';
import { markReportLeft } from '../storing/markReportLeft.ts';
import { sayInEnglish } from '../../words/say.ts';
import { references } from './sources.ts';

/** What a patch is judged by where no segment is chosen, in words. */
export const oppositeSide = sayInEnglish('fit.opposite');

/** Compares the patch, as it is now, with the chosen reference and shows where they differ. */
export function judgeFit(parts: Parts): Promise<void> {
  const { store, work, shapes } = parts;
  return work.run('judge-fit', async (ct, client) => {
    const study = ct.studyInstanceUID;
    // Another implant makes what was judged of the one before void.
    await shapes.designing.settled(study);
    const { referenceKey, overlay } = store.get(study);
    await judgeBy(
      parts,
      ct,
      client,
      references(parts, ct).find(({ key }) => key === referenceKey),
    );
    store.update(study, { overlay: { ...overlay, shown: true } });
    shapes.showSurfaces();
    markReportLeft(store, study);
  });
}

/** Judges the patch without showing it; by the opposite side if there is no source. */
export async function judgeBy(
  parts: Parts,
  { studyInstanceUID: study }: CtReference,
  client: Pick<WorkerClient, 'ask'>,
  source: SkullSource | undefined,
): Promise<void> {
  const { viewer, store, edits } = parts;
  const result = requireResult(parts, study);
  const { series, skullSource, reconstruction } = result;
  const skull = await viewer.readSkull(skullSource, series);
  const error = await client.ask('fitError', {
    skull,
    ...edits.currentMasks(result),
    reference: source && (await viewer.readSkull(source, series)),
    toCanonical: reconstruction.alignment.toCanonical,
  });
  const reference = source?.label ?? oppositeSide;
  store.update(study, { fit: { error, reference, revision: edits.revision(result) } });
}

/** Shows or hides the overlay, or changes what it shows. */
export function setFitOverlay({ viewer, store, shapes }: Parts, change: Partial<FitOverlay>): void {
  const study = currentStudy(viewer);
  if (study === undefined) return;
  store.update(study, { overlay: { ...store.get(study).overlay, ...change } });
  shapes.showSurfaces();
}
