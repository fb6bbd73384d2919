import { encodeResult } from '../encodeResult.ts';
import { requireResult, type Parts } from '../parts.ts';
import { saveReconstruction } from '../saveReconstruction.ts';

/** Stores the result and calls it saved only after it was read back and compared. */
export function save(parts: Parts): Promise<void> {
  const { viewer, store, work, edits, shapes } = parts;
  return work.run('save', async (ct) => {
    const study = ct.studyInstanceUID;
    await shapes.designing.settled(study);
    const result = requireResult(parts, study);
    const masks = edits.currentMasks(result);
    // What the user edits from here on is not in what is stored.
    edits.remember(result);
    const { saved, dataset } = await saveReconstruction(encodeResult(result, masks), viewer.pacs);
    shapes.markStored(saved.seriesInstanceUID);
    // The study may have been left and opened again meanwhile.
    const now = store.get(study).result ?? result;
    const same = !edits.isEdited(result) && now.computed.implant === result.computed.implant;
    store.update(study, { result: { ...now, saved: same ? saved : undefined } });
    viewer.announce(dataset);
  });
}
