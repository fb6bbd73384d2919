import { CranioplastyError } from '../../engine/space/errors.ts';
import { middleVertex } from '../../engine/surface/mesh.ts';
import type { StudyResult } from '../../state/studyState.ts';
import { unedited } from '../shapes/resultParts.ts';
import { chosenModel, type Parts } from '../parts.ts';
import { chosenSource } from './sources.ts';

/** Reconstructs the chosen skull and shows the result in the place of the previous one. */
export function reconstruct(parts: Parts): Promise<void> {
  const { viewer, store, work, shapes } = parts;
  return work.run('reconstruct', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const startedAt = Date.now();
    const source = chosenSource(parts, ct);
    if (!source) {
      throw new CranioplastyError(
        'empty-skull',
        'There is no skull segment yet: segment bone from the CT first.',
      );
    }
    const series = viewer.readSeries(ct);
    const skull = await viewer.readSkull(source, series);
    const { method, alternative: wanted } = store.get(study);
    // The mirrored side has one shape.
    const alternative = method === 'mirror' ? 'expected' : wanted;
    const model = chosenModel(parts, study);
    const run = method === 'network' ? model : method;
    const reconstruction = await work.followed(study, run, (watch) =>
      client.reconstruct({ skull, model, method, alternative, ...watch }),
    );
    const { activity, result: previous } = store.get(study);
    const result: StudyResult = {
      ...unedited(reconstruction),
      ct,
      series,
      skullSource: source,
      modelFolder: model,
      provider: method === 'network' ? activity?.provider : undefined,
      elapsed: Date.now() - startedAt,
      segmentationIds: {},
    };
    // Only now: a run that fails leaves the previous result untouched.
    shapes.hidePrevious(previous);
    shapes.forgetJudgements(study);
    // Below, when there is something to show; a change of the viewer must not come before.
    shapes.markShown(study);
    const { implant } = store.get(study);
    store.update(study, { result, implant: { ...implant, piece: undefined } });
    shapes.designing.keepSkull(source, skull);
    await shapes.designing.settled(study);
    await shapes.show(study);
    viewer.lookAt(middleVertex(reconstruction.patch.mesh));
  });
}
