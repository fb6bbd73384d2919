import { serialize } from 'node:v8';
import { expect, it } from 'vitest';
import { openCrew } from '../../../cli/src/openCrew.ts';
import { prepareAhead } from '../../../extension/src/engine/preparedSkull.ts';
import { phantomSkull, straightPose } from '../../support/phantomSkull.ts';
import { priorModel } from '../../support/priorModel.ts';

/** Real threads: that each of them did something is left to chance, that it shows nowhere is not. */
it('makes a skull ready to the same last bit on one thread, two and four', async () => {
  const model = await priorModel();
  const { defective: skull } = phantomSkull(model.atlas, straightPose);
  const results: Buffer[] = [];
  for (const threads of [1, 2, 4]) {
    const crew = openCrew(threads);
    expect(crew.size).toBe(threads);
    try {
      const prepared = await prepareAhead(skull, model, 'expected', {}, crew);
      const [occupancy, continued, mesh] = [
        await prepared.occupancy(),
        await prepared.continued('expected'),
        await prepared.takeMesh(),
      ];
      // Copies, since arrays in shared memory are not serialized by what they hold.
      const { field, toCanonical } = prepared.placed;
      const voxels = [field.data.slice(), occupancy.data.slice(), continued.distance.data];
      const { mirror, meanSkull, shape } = continued;
      results.push(serialize([voxels, toCanonical, mirror, meanSkull, shape, mesh]));
    } finally {
      crew.close();
    }
  }
  expect(results.map((result) => result.equals(results[0]))).toEqual([true, true, true]);
});
