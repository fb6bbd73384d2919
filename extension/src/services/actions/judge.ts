import type { FitOverlay } from '../../state/studyState.ts';
import { currentStudy } from '../currentCt.ts';
import { requireResult, type Parts } from '../parts.ts';
import { markReportLeft } from '../storing/markReportLeft.ts';
import { references } from './sources.ts';

/** Compares the patch, as it is now, with the chosen reference and shows where they differ. */
export function judgeFit(parts: Parts): Promise<void> {
  const { viewer, store, work, edits, shapes } = parts;
  return work.run('judge-fit', async (ct, client) => {
    const study = ct.studyInstanceUID;
    // Another implant makes what was judged of the one before void.
    await shapes.designing.settled(study);
    const result = requireResult(parts, study);
    const { series, skullSource, reconstruction } = result;
    const { referenceKey, overlay } = store.get(study);
    const source = references(parts, ct).find(({ key }) => key === referenceKey);
    const skull = await viewer.readSkull(skullSource, series);
    const error = await client.ask('fitError', {
      skull,
      ...edits.currentMasks(result),
      reference: source && (await viewer.readSkull(source, series)),
      toCanonical: reconstruction.alignment.toCanonical,
    });
    const reference = source?.label ?? 'Opposite side, mirrored and fitted';
    store.update(study, {
      fit: { error, reference, revision: edits.revision(result) },
      overlay: { ...overlay, shown: true },
    });
    shapes.showSurfaces();
    markReportLeft(store, study);
  });
}

/** Shows or hides the overlay, or changes what it shows. */
export function setFitOverlay({ viewer, store, shapes }: Parts, change: Partial<FitOverlay>): void {
  const study = currentStudy(viewer);
  if (study === undefined) return;
  store.update(study, { overlay: { ...store.get(study).overlay, ...change } });
  shapes.showSurfaces();
}
