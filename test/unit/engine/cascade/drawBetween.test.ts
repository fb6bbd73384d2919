import { describe, expect, it } from 'vitest';
import { drawBetween, drawToPrior } from '../../../../extension/src/engine/cascade/drawBetween.ts';

describe('drawing a patch between the shapes that its network was given', () => {
  const drawn = (own: number, mirrored: number, meanSkull: number): number => {
    const patch = Float32Array.of(own);
    drawBetween(patch, Float32Array.of(mirrored), Float32Array.of(meanSkull));
    return patch[0];
  };

  it('leaves alone what lies between both', () => {
    expect(drawn(0.4, 0, 1)).toBeCloseTo(0.4);
    expect(drawn(0.4, 1, 0)).toBeCloseTo(0.4);
  });

  it('fills a groove that both shapes bridge, and takes off what both leave out', () => {
    expect(drawn(0.2, 1, 1)).toBeGreaterThan(0.5);
    expect(drawn(0.8, 0, 0)).toBeLessThan(0.5);
  });

  it('goes only as far as the nearer shape', () => {
    expect(drawn(0.2, 0.6, 1)).toBeLessThan(0.6);
    expect(drawn(0.2, 0.6, 1)).toBe(drawn(0.2, 1, 0.6));
  });

  it('adds nothing where the network saw nothing: the shapes go on beyond the defect', () => {
    expect(drawn(0.01, 1, 1)).toBeCloseTo(0.01);
    expect(drawn(0, 1, 1)).toBe(0);
  });
});

describe('drawing a patch to the shape prior', () => {
  const drawn = (own: number, mirrored: number, prior: number, weight: number): number => {
    const patch = Float32Array.of(own);
    drawToPrior(patch, Float32Array.of(mirrored), Float32Array.of(prior), () => weight);
    return patch[0];
  };

  it('follows the prior where it knows the shape, whatever the mirror image says', () => {
    expect(drawn(0.2, 0, 1, 1)).toBeGreaterThan(0.5);
    expect(drawn(0.8, 1, 0, 1)).toBeLessThan(0.5);
    expect(drawn(0.2, 0, 1, 1)).toBe(drawn(0.2, 1, 1, 1));
  });

  it('goes between both shapes beyond the domain of the prior', () => {
    expect(drawn(0.4, 0, 1, 0)).toBeCloseTo(0.4);
    expect(drawn(0.2, 1, 1, 0)).toBeGreaterThan(0.5);
  });

  it('adds nothing where the network saw nothing', () => {
    expect(drawn(0.01, 1, 1, 1)).toBeCloseTo(0.01);
  });
});
