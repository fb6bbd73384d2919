import { CranioplastyError } from '../../engine/space/errors.ts';
import { saidOf } from '../../engine/words/sentence.ts';
import { nextTask } from '../../nextTask.ts';
import { together, why } from '../../words/errorSentences.ts';
import { sayObject } from '../../words/objectNames.ts';
import { asShown } from '../failures.ts';
import { requireResult, type Parts } from '../parts.ts';
import { objectsOfResult } from '../storing/objectsOfResult.ts';
import { storeAndCompare } from '../storing/storeAndCompare.ts';

/**
 * Stores the result (segmentation, designed implant, measurements) and calls each object saved only after it was read
 * back and compared. What the PACS holds already is not stored again; without the segmentation nothing is stored.
 */
export function save(parts: Parts): Promise<void> {
  const { viewer, store, work, edits, shapes, written } = parts;
  return work.run('save', async (ct) => {
    const study = ct.studyInstanceUID;
    const untrue = await whyUntrue(parts, study);
    const result = requireResult(parts, study);
    const masks = edits.currentMasks(result);
    // What the user edits from here on is not in what is stored.
    edits.remember(result);
    const state = store.get(study);
    await nextTask();
    const objects = await objectsOfResult(written, study, result, state, masks);
    const failures = new Map<string, CranioplastyError>();
    for (const object of objects) {
      if (object.isStored()) continue;
      if (untrue && object.kind !== 'segmentation') {
        failures.set(object.name, untrue);
        continue;
      }
      try {
        const dataset = await storeAndCompare(object, viewer.pacs);
        object.markStored();
        shapes.markStored(object.reference.seriesInstanceUID);
        viewer.announce(dataset);
      } catch (failure) {
        // The others refer to it.
        if (object.kind === 'segmentation') throw failure;
        failures.set(object.name, asShown(failure));
      }
    }
    // The study may have been left and opened again meanwhile.
    const now = store.get(study).result ?? result;
    const same = !edits.isEdited(result) && now.computed.implant === result.computed.implant;
    const [{ reference }] = objects;
    const { seriesInstanceUID, sopInstanceUID } = reference;
    const saved = { seriesInstanceUID, sopInstanceUID, left: [...failures.keys()] };
    store.update(study, { result: { ...now, saved: same ? saved : undefined } });
    if (failures.size > 0) {
      const names = objects.filter((object) => object.isStored()).map(({ name }) => name);
      throw partlySaved(names, [...failures.values()]);
    }
  });
}

/** Waits until figures and surfaces are those of the shapes; undefined once they are. */
async function whyUntrue({ shapes }: Parts, study: string): Promise<CranioplastyError | undefined> {
  try {
    await shapes.settled(study);
    return undefined;
  } catch (failure) {
    // The edits themselves can be stored nevertheless.
    await shapes.designing.settled(study);
    return asShown(failure);
  }
}

function partlySaved(
  stored: readonly string[],
  failures: readonly CranioplastyError[],
): CranioplastyError {
  const [first] = failures;
  const [reason, ...more] = new Map(failures.map((one) => [one.message, saidOf(one)])).values();
  const [name, ...names] = stored.map(sayObject);
  return new CranioplastyError(
    first.code,
    why('error.partly-saved', {
      stored: together('error.list', [name, ...names]),
      reasons: together('error.row', [reason, ...more]),
    }),
    { cause: first },
  );
}
