import { describe, expect, it } from 'vitest';
import { prepareDesign } from '../../../../extension/src/engine/implant/context.ts';
import { designImplant } from '../../../../extension/src/engine/implant/design.ts';
import { completeParameters } from '../../../../extension/src/engine/implant/parameters.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { openSolidKernel } from '../../../../extension/src/solidKernel.ts';
import {
  flaredHole,
  holeRadius,
  shellWithHole,
  straightHole,
} from '../../../support/shellWithHole.ts';

const kernel = await openSolidKernel();
const clearance = 0.5;

/** The gap check of an implant that is lowered straight down. */
function gapOf(skull: Mask, patch: Mask) {
  const parameters = completeParameters({ clearance, axis: [0, 0, 1] });
  const check = designImplant(prepareDesign({ skull, patch }), parameters, kernel).checks.find(
    ({ name }) => name === 'gap',
  );
  if (!check?.details) throw new Error('no gap was measured');
  return { ...check, details: check.details };
}

describe('the gap along the border', () => {
  it('is the clearance over the whole height of a straight wall', () => {
    const { skull, patch } = shellWithHole(straightHole);
    const { result, details } = gapOf(skull, patch);
    expect(result).toBe('pass');
    expect(details.mean).toBeCloseTo(clearance, 1);
    expect(details.p95).toBeLessThan(clearance + 0.2);
    expect(details.heldShare).toBeLessThan(0.05);
    expect(details.open).toBeLessThan(0.01);
  });

  it('is the wider the deeper where the hole is wider inside, and said to be for the way in', () => {
    const angle = 25;
    const { skull, patch } = shellWithHole(flaredHole(angle));
    const { result, details, message } = gapOf(skull, patch);
    // The narrowest place is just under the outer surface, the widest where the rounding of the inner edge begins.
    const most = clearance + 4 * Math.sin((angle * Math.PI) / 180);
    expect(Math.abs(details.max - most)).toBeLessThan(0.3);
    expect(details.heldShare).toBeGreaterThan(0.7);
    expect(Math.abs(details.heldMost - (most - clearance))).toBeLessThan(0.3);
    expect(details.excess95).toBeLessThan(0.2);
    expect(message).toContain('the way in along the axis');
    expect(result).toBe('pass');
  });

  it('stays the clearance where the patch stops a little short of bone', () => {
    const { skull } = shellWithHole(straightHole);
    const { patch } = shellWithHole((x, y) => Math.hypot(x, y) < holeRadius - 1);
    expect(gapOf(skull, patch).details.p95).toBeLessThan(clearance + 0.4);
  });

  it('is warned of where the patch leaves it wide', () => {
    const { skull } = shellWithHole(straightHole);
    const { patch } = shellWithHole(
      (x, y) => x < holeRadius - 5 && x * x + y * y < holeRadius ** 2,
    );
    expect(gapOf(skull, patch).result).toBe('warn');
  });
});
