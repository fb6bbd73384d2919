import { describe, expect, it } from 'vitest';
import type { Atlas } from '../../../extension/src/engine/pose/atlas.ts';
import { canonicalGrid } from '../../../extension/src/engine/space/canonical.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import { sayOfWarning } from '../../../extension/src/engine/words/warningSentences.ts';
import { warningsOf, type Findings } from '../../../extension/src/engine/warnings.ts';

const grid = canonicalGrid(32, 1);

/** A run in which nothing is remarkable, but that the phantom's vault is open. */
const nothing = {
  method: 'network',
  alignment: { toCanonical: identityTransform, residual: 0.5, scales: [1, 1, 1] },
  cut: false,
  edgeCut: 'none',
  pieces: [],
  isBone: () => false,
  width: 32,
  patch: { grid, data: new Float32Array(32 ** 3) },
  postprocessed: { patchPieces: 1, leftOut: { pieces: 0, volume: 0 } },
  atlas: { centre: [16, 16, 16] } as unknown as Atlas,
} as unknown as Findings;

/** Codes of the warnings. */
const codesOf = (remarkable: Partial<Findings>): readonly string[] =>
  warningsOf({ ...nothing, ...remarkable }).map(({ code }) => code);

const agreement = (dice: number) => ({ dice, mean: 0.3, p95: 1, perVertex: new Float32Array(1) });

describe('warnings of a run', () => {
  it('say that network and shape prior do not agree', () => {
    expect(codesOf({ agreement: agreement(0.89) })).toContain('low-confidence');
    expect(codesOf({ agreement: agreement(0.91) })).not.toContain('low-confidence');
  });

  it('say that a head is unlike the training heads, by its bone or by its proportions', () => {
    const usual = { toCanonical: identityTransform, residual: 0.5, scales: [1, 1, 1] as const };
    expect(codesOf({ unlikeness: 1.2 })).not.toContain('unusual-skull');
    expect(codesOf({ unlikeness: 2.5 })).toContain('unusual-skull');
    const narrow = { ...usual, scales: [0.8, 1, 1] as const };
    expect(codesOf({ alignment: narrow })).toContain('unusual-skull');
  });

  it('say that a head contradicts what its file says of left, front and top', () => {
    const lying = (degrees: number) => {
      const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      const toCanonical = { ...identityTransform, rotation: [c, -s, 0, s, c, 0, 0, 0, 1] };
      return { alignment: { toCanonical, residual: 0.5, scales: [1, 1, 1] as const } };
    };
    expect(codesOf(lying(45))).not.toContain('turned-head');
    const [turned] = warningsOf({ ...nothing, ...lying(180) });
    expect(turned.code).toBe('turned-head');
    expect(turned.message).toContain('turned by 180°');
    expect(turned.message).toContain('cannot be told from a skull: check a side marker');
  });

  it('are a sentence in English, and by name and values for other languages', () => {
    const [found] = warningsOf({
      ...nothing,
      agreement: agreement(0.894),
    });
    expect(found).toEqual({
      code: 'low-confidence',
      message: expect.stringContaining('(overlap 89 %, in places 1.0 mm apart)') as string,
      sentence: { name: 'low-confidence', values: { overlap: '89', apart: '1.0' } },
    });
    expect(sayOfWarning('several-defects', { count: 3 }).message).toMatch(
      /^The patch consists of 3 separate pieces: /,
    );
  });
});
