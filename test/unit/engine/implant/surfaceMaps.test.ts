import { describe, expect, it } from 'vitest';
import { prepareDesign } from '../../../../extension/src/engine/implant/context.ts';
import { designImplant } from '../../../../extension/src/engine/implant/design.ts';
import { completeParameters } from '../../../../extension/src/engine/implant/parameters.ts';
import { openSolidKernel } from '../../../../extension/src/solidKernel.ts';
import {
  flaredHole,
  holeRadius,
  shell,
  shellWithHole,
  straightHole,
} from '../../../support/shellWithHole.ts';

const kernel = await openSolidKernel();

function design(hole: Parameters<typeof shellWithHole>[0], chosen: object = {}) {
  const { skull, patch } = shellWithHole(hole);
  const parameters = completeParameters({ axis: [0, 0, 1], ...chosen });
  const { meshes, maps, checks } = designImplant(
    prepareDesign({ skull, patch }),
    parameters,
    kernel,
  );
  if (!maps) throw new Error('there are no maps');
  const vertices = meshes.flatMap(({ positions: p }) =>
    Array.from({ length: p.length / 3 }, (_, v) => {
      const [x, y, z] = p.subarray(3 * v, 3 * v + 3);
      return { beside: Math.hypot(x, y), r: Math.hypot(x, y, z) };
    }),
  );
  const at = vertices.map((where, v) => ({
    ...where,
    thickness: maps.thickness[v],
    gap: maps.gap[v],
  }));
  return { at, maps, checks };
}

describe('the maps on the surface of an implant', () => {
  const thickness = 4;
  const { at, maps, checks } = design(straightHole, { thickness });

  it('have a value or none at each vertex', () => {
    expect(maps.thickness).toHaveLength(at.length);
    expect(maps.gap).toHaveLength(at.length);
  });

  it('give the thickness on both faces and none on the wall', () => {
    for (const face of ['outer', 'inner']) {
      const far = at.filter(({ r, beside }) => {
        const depth = face === 'outer' ? shell.outer - r : r - (shell.outer - thickness);
        return Math.abs(depth) < 0.15 && beside < holeRadius - 4;
      });
      expect(far.length).toBeGreaterThan(50);
      for (const vertex of far) expect(Math.abs(vertex.thickness - thickness)).toBeLessThan(0.3);
    }
    const wall = at.filter(({ r }) => r < shell.outer - 1 && r > shell.outer - thickness + 1);
    expect(wall.length).toBeGreaterThan(20);
    expect(wall.every((vertex) => Number.isNaN(vertex.thickness))).toBe(true);
  });

  it('give the gap on the wall and along it on the faces, and none in the middle', () => {
    const known = at.filter(({ gap }) => !Number.isNaN(gap));
    const mean = known.reduce((sum, { gap }) => sum + gap, 0) / known.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
    expect(known.some(({ r }) => r > shell.outer - 0.1)).toBe(true);
    expect(known.every(({ beside }) => beside > holeRadius - 6)).toBe(true);
    const { details } = checks.find(({ name }) => name === 'gap') ?? {};
    expect(Math.abs(mean - (details?.mean ?? NaN))).toBeLessThan(0.1);
  });

  it('show a gap that is wider inside, as the check says', () => {
    const flared = design(flaredHole(25));
    const most = Math.max(...flared.at.map(({ gap }) => gap || 0));
    const { details } = flared.checks.find(({ name }) => name === 'gap') ?? {};
    expect(Math.abs(most - (details?.max ?? NaN))).toBeLessThan(0.3);
  });

  it('are the same beside holes', () => {
    const holed = design(straightHole, { thickness, perfusionHoles: true });
    const known = holed.at.filter(
      (vertex) => vertex.beside < holeRadius - 4 && vertex.thickness > 0,
    );
    expect(known.length).toBeGreaterThan(50);
    for (const vertex of known) expect(Math.abs(vertex.thickness - thickness)).toBeLessThan(0.3);
  });

  it('cover both pieces of an implant in two', () => {
    const halves = design(straightHole, { pieces: 2 });
    expect(halves.maps.gap).toHaveLength(halves.at.length);
  });
});
