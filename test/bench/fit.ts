/**
 * Time and memory of judging a fit: all metrics of a patch against its reference, and the overlay.
 *
 *     npm run bench:fit
 *
 * Once on the head of the tests on a grid of 256³ voxels of 1 mm with a large defect, its patch one
 * voxel off; once on the demonstration study, closed without networks, judged by the opposite side.
 */
import { fileURLToPath } from 'node:url';
import { readSkullInput } from '../../cli/src/io/skullInput.ts';
import { measureFitError } from '../../extension/src/engine/judge/fitError.ts';
import type { Grid } from '../../extension/src/engine/space/grid.ts';
import { identityAxes } from '../../extension/src/engine/space/grid.ts';
import { comparePatches, compareShapes } from '../../extension/src/engine/judge/metrics.ts';
import { reconstruct } from '../../extension/src/engine/reconstruct.ts';
import { applyRigid, invertRigid } from '../../extension/src/engine/space/transform.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';
import { phantomSkull, straightPose } from '../support/phantomSkull.ts';

const repeats = 5;
const atlas = await shippedAtlas();

/** Largest resident memory of this process so far, MB. */
const peak = (): string => `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`;

function time(what: string, work: () => unknown): void {
  const took: number[] = [];
  for (let r = 0; r < repeats; r++) {
    const began = performance.now();
    work();
    took.push((performance.now() - began) / 1000);
  }
  const [least, most] = [Math.min(...took), Math.max(...took)];
  console.log(`${what.padEnd(52)} ${least.toFixed(2)} to ${most.toFixed(2)} s, peak ${peak()}`);
}

const head: Grid = {
  size: [256, 256, 256],
  spacing: [1, 1, 1],
  origin: [-128, -128, -156],
  axes: identityAxes,
};
const parietotemporal = { centre: [30, 100, 75], radius: 42 } as const;
{
  const { defective, patch, toCanonical } = phantomSkull(
    atlas,
    straightPose,
    parietotemporal,
    head,
  );
  // Shifted by a voxel along x, outside the bone.
  const off = patch.data.map((_, p) => (p > 0 && patch.data[p - 1] && !defective.data[p] ? 1 : 0));
  const predicted = { grid: head, data: off };
  const cavity = applyRigid(invertRigid(toCanonical), atlas.centre);
  const fit = { skull: defective, patch: predicted, implant: predicted, toCanonical, atlas };
  console.log(`head of 256³ voxels of 1 mm, patch of ${sum(patch.data) / 1000} ml`);
  time('metrics of patch and implant', () => {
    comparePatches(defective, predicted, patch, cavity);
    compareShapes(predicted, patch);
  });
  time('metrics and overlay, by a segment', () => measureFitError({ ...fit, reference: patch }));
  time('overlay, by the opposite side', () => measureFitError(fit));
}
{
  const path = fileURLToPath(new URL('../../viewer/demo/skull.dcm', import.meta.url));
  const skull = (await readSkullInput(path)).mask;
  const { patch, implant, alignment } = await reconstruct({ skull, atlas, method: 'continuation' });
  const { toCanonical } = alignment;
  console.log(`demonstration study, patch of ${patch.measurements.volume.toFixed(1)} ml`);
  time('overlay, by the opposite side', () =>
    measureFitError({ skull, patch: patch.mask, implant: implant.mask, toCanonical, atlas }),
  );
}

function sum(data: Uint8Array): number {
  return data.reduce((n, v) => n + v, 0);
}
