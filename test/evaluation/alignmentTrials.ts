/**
 * Known random rigid motions of defective skulls: how well does the alignment follow them?
 *
 *     npx tsx test/evaluation/alignmentTrials.ts CASES [trials]
 *
 * The truth is the pose found for the unmoved complete skull, so the figure holds the effect of
 * the defect and of the motion together.
 */
import { align } from '../../extension/src/engine/pose/align.ts';
import type { Vec3 } from '../../extension/src/engine/space/grid.ts';
import type { RigidTransform } from '../../extension/src/engine/space/transform.ts';
import {
  applyRigid,
  composeRigid,
  determinant3,
  invertRigid,
  rotationAngle,
  rotationFromEuler,
} from '../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';
import { findCases, readCase } from '../../cli/src/evaluate/cases.ts';

const [folder, wanted = '30'] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: npx tsx test/evaluation/alignmentTrials.ts CASES [trials]');
  process.exit(2);
}
const largestTurn = 20;
const largestShift = 30;
const limits = { rotation: 2, shift: 2 };

let seed = 20211;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (2 * seed) / 2 ** 32 - 1;
};

/** A motion of up to 20° about each axis around the middle of the grid and up to 30 mm along each. */
function randomMotion(mask: Mask): RigidTransform {
  const angles = [0, 1, 2].map(() => (random() * largestTurn * Math.PI) / 180);
  const rotation = rotationFromEuler(angles[0], angles[1], angles[2]);
  const { grid } = mask;
  const middle = [0, 1, 2].map((c) =>
    [0, 1, 2].reduce(
      (sum, a) => sum + ((grid.size[a] - 1) / 2) * grid.spacing[a] * grid.axes[a][c],
      grid.origin[c],
    ),
  ) as unknown as Vec3;
  const turned = applyRigid({ rotation, translation: [0, 0, 0] }, middle);
  return {
    rotation,
    translation: middle.map((v, a) => v - turned[a] + random() * largestShift) as unknown as Vec3,
  };
}

/** The same voxels, moved in patient space by moving their grid: exact, no resampling. */
function moved(mask: Mask, motion: RigidTransform): Mask {
  const turn = { rotation: motion.rotation, translation: [0, 0, 0] as Vec3 };
  const { grid } = mask;
  return {
    data: mask.data,
    grid: {
      ...grid,
      origin: applyRigid(motion, grid.origin),
      axes: [
        applyRigid(turn, grid.axes[0]),
        applyRigid(turn, grid.axes[1]),
        applyRigid(turn, grid.axes[2]),
      ],
    },
  };
}

const atlas = await shippedAtlas();
const cases = findCases([folder]).map((c) => ({ name: c.name, ...readCase(c) }));
const trials = Number(wanted);
const truths = new Map<string, RigidTransform>();
let passed = 0;
let mirrored = 0;
const rotations: number[] = [];
const shifts: number[] = [];
for (let t = 0; t < trials; t++) {
  const c = cases[t % cases.length];
  let truth = truths.get(c.name);
  if (!truth) {
    const { patch } = c.truth();
    const complete = c.defective.data.map((v, p) => v | patch.data[p]);
    truth = align({ grid: c.defective.grid, data: complete }, atlas).toCanonical;
    truths.set(c.name, truth);
  }
  const motion = randomMotion(c.defective);
  let rotation = Infinity;
  let shift = Infinity;
  try {
    const found = align(moved(c.defective, motion), atlas).toCanonical;
    const difference = composeRigid(composeRigid(found, motion), invertRigid(truth));
    rotation = rotationAngle(difference.rotation);
    const middle = applyRigid(difference, atlas.centre);
    shift = Math.hypot(...middle.map((v, a) => v - atlas.centre[a]));
    if (determinant3(found.rotation) < 0) mirrored++;
  } catch (error) {
    console.log(`  ${(error as Error).message}`);
  }
  rotations.push(rotation);
  shifts.push(shift);
  const ok = rotation <= limits.rotation && shift <= limits.shift;
  if (ok) passed++;
  console.log(`${c.name}: ${rotation.toFixed(2)}° ${shift.toFixed(2)} mm${ok ? '' : '  MISSED'}`);
}
const median = (values: number[]): string =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(2);
console.log(
  `${passed} of ${trials} within ${limits.rotation}° and ${limits.shift} mm (${((100 * passed) / trials).toFixed(0)} %), ` +
    `median ${median(rotations)}° and ${median(shifts)} mm, mirrored ${mirrored}`,
);
