import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';
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
    const { method } = store.get(study);
    const model = chosenModel(parts, study);
    const reconstruction = await client.reconstruct({
      skull,
      model,
      method,
      ...work.following(study),
    });
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
    store.update(study, { result });
    await shapes.show(study);
    viewer.lookAt(middleVertex(reconstruction.patch.mesh));
  });
}

/** The vertex nearest to the mean: unlike the mean, it lies on a curved patch. */
export function middleVertex({ positions }: Mesh): [number, number, number] {
  const mean = [0, 0, 0];
  for (let p = 0; p < positions.length; p++) mean[p % 3] += positions[p] / (positions.length / 3);
  let best = 0;
  let least = Infinity;
  for (let p = 0; p < positions.length; p += 3) {
    const distance = Math.hypot(
      positions[p] - mean[0],
      positions[p + 1] - mean[1],
      positions[p + 2] - mean[2],
    );
    if (distance < least) [best, least] = [p, distance];
  }
  return [positions[best], positions[best + 1], positions[best + 2]];
}
