import { describe, expect, it } from 'vitest';
import { prepareDesign } from '../../../../extension/src/engine/implant/context.ts';
import {
  designImplant,
  type DesignedImplant,
} from '../../../../extension/src/engine/implant/design.ts';
import {
  angleBetween,
  insertionAxis,
} from '../../../../extension/src/engine/implant/insertionAxis.ts';
import type { SolidKernel } from '../../../../extension/src/engine/implant/solidKernel.ts';
import { completeParameters } from '../../../../extension/src/engine/implant/parameters.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import { anyShared, countSet } from '../../../../extension/src/engine/space/voxels.ts';
import { topologyOf } from '../../../../extension/src/engine/surface/topology.ts';
import { openSolidKernel } from '../../../../extension/src/solidKernel.ts';
import {
  coneRadius,
  exactVolume,
  flaredHole,
  fromLeaningAxis,
  holeRadius,
  leaningAxis,
  leaningHole,
  shell,
  shellWithHole,
  straightHole,
} from '../../../support/shellWithHole.ts';

const thickness = 4;
const clearance = 0.5;
const kernel = await openSolidKernel();

const inLayer = (x: number, y: number, z: number): boolean => {
  const r = Math.hypot(x, y, z);
  return r <= shell.outer && r >= shell.outer - thickness;
};

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Medians of the radius of the outer and the inner surface, and of the distance of the wall. */
function measured(
  { meshes }: DesignedImplant,
  toWall: (x: number, y: number, z: number) => number,
): { outer: number; inner: number; gap: number } {
  const [outer, inner, wall]: number[][] = [[], [], []];
  for (const { positions: p } of meshes)
    for (let v = 0; v < p.length; v += 3) {
      const r = Math.hypot(p[v], p[v + 1], p[v + 2]);
      const w = toWall(p[v], p[v + 1], p[v + 2]);
      if (w > 2) (r > shell.outer - thickness / 2 ? outer : inner).push(r);
      else if (r < shell.outer - 0.3 && r > shell.outer - thickness + 0.3) wall.push(w);
    }
  return { outer: median(outer), inner: median(inner), gap: median(wall) };
}

const plain = completeParameters({ edgeRadius: 0, thickness, clearance });

describe('the implant of a vault with a round hole', () => {
  const expectExact = (
    design: DesignedImplant,
    volume: number,
    toWall: (x: number, y: number, z: number) => number,
  ) => {
    const { outer, inner, gap } = measured(design, toWall);
    expect(Math.abs(outer - shell.outer)).toBeLessThan(0.1);
    expect(Math.abs(outer - inner - thickness)).toBeLessThan(0.1);
    expect(Math.abs(gap - clearance)).toBeLessThan(0.1);
    expect(Math.abs(design.volume / volume - 1)).toBeLessThan(0.01);
    const { meshes, checks } = design;
    expect(topologyOf(meshes[0])).toEqual({
      openEdges: 0,
      crowdedEdges: 0,
      pinchedVertices: 0,
      bodies: 1,
    });
    for (const name of ['manifold', 'overlap', 'insertion'])
      expect(checks.find((check) => check.name === name)?.result).toBe('pass');
  };

  it('is exact with parallel walls', () => {
    const { skull, patch } = shellWithHole(straightHole);
    const context = prepareDesign({ skull, patch });
    const design = designImplant(context, plain, kernel);
    const toWall = (x: number, y: number) => holeRadius - Math.hypot(x, y);
    const volume = exactVolume((x, y, z) => inLayer(x, y, z) && toWall(x, y) > clearance);
    expectExact(design, volume, toWall);
    expect(angleBetween(design.axis, [0, 0, 1])).toBeLessThan(3);
    expect(design.undercut.volume).toBeLessThan(0.03);
    const voxels = countSet(design.mask.data) * 0.6 ** 3;
    expect(Math.abs(voxels / 1000 / volume - 1)).toBeLessThan(0.01);
    expect(anyShared(design.mask.data, skull.data)).toBe(false);
  });

  it('loses what is under the rim where the hole is wider inside', () => {
    const angle = 15;
    const { skull, patch } = shellWithHole(flaredHole(angle));
    const context = prepareDesign({ skull, patch });
    const along: Vec3 = [0, 0, 1];
    const design = designImplant(context, { ...plain, axis: along }, kernel);
    const kept = (z: number): number =>
      coneRadius(z, angle) - clearance / Math.cos((angle * Math.PI) / 180);
    let rim: number = shell.outer;
    for (let n = 0; n < 60; n++) rim = Math.sqrt(shell.outer ** 2 - kept(rim) ** 2);
    const narrow = kept(rim);
    const whole = exactVolume((x, y, z) => inLayer(x, y, z) && Math.hypot(x, y) < kept(z));
    const free = exactVolume(
      (x, y, z) => inLayer(x, y, z) && Math.hypot(x, y) < Math.min(narrow, kept(z)),
    );
    expectExact(design, free, (x, y) => narrow + clearance - Math.hypot(x, y));
    expect(Math.abs(design.undercut.volume / (whole - free) - 1)).toBeLessThan(0.03);
  });

  it('is taken out along walls that lean', () => {
    const angle = 15;
    const { skull, patch } = shellWithHole(leaningHole(angle));
    const context = prepareDesign({ skull, patch });
    const design = designImplant(context, plain, kernel);
    const toWall = (x: number, y: number, z: number) =>
      holeRadius - fromLeaningAxis(angle, x, y, z);
    const volume = exactVolume((x, y, z) => inLayer(x, y, z) && toWall(x, y, z) > clearance);
    expectExact(design, volume, toWall);
    expect(angleBetween(design.axis, leaningAxis(angle))).toBeLessThan(3);
  });

  it.each([10, 25])(
    'is taken out along the normal where the hole is wider inside by %d°',
    (angle) => {
      const context = prepareDesign(shellWithHole(flaredHole(angle)));
      expect(angleBetween(insertionAxis(context, completeParameters({})), [0, 0, 1])).toBeLessThan(
        3,
      );
    },
  );

  it('has the same axis whatever else was designed from its context before', () => {
    const { skull, patch } = shellWithHole(leaningHole(15));
    const context = prepareDesign({ skull, patch });
    const first = designImplant(context, plain, kernel);
    const thin = { ...plain, thickness: 2.5, clearance: 1 };
    expect(designImplant(context, thin, kernel).axis).toEqual(insertionAxis(context, thin));
    const given = { ...plain, axis: leaningAxis(15) };
    expect(angleBetween(designImplant(context, given, kernel).axis, given.axis)).toBeLessThan(0.01);
    const rounded = designImplant(context, { ...plain, edgeRadius: 0.5 }, kernel);
    expect(rounded.axis).toEqual(first.axis);
  });

  it('is as smooth and as thick from slices of 1.5 mm', () => {
    const { skull, patch } = shellWithHole(straightHole, [0.5, 0.5, 1.5]);
    const design = designImplant(prepareDesign({ skull, patch }), plain, kernel);
    const { outer, inner } = measured(design, (x, y) => holeRadius - Math.hypot(x, y));
    expect(Math.abs(outer - inner - thickness)).toBeLessThan(0.1);
    expect(Math.abs(outer - shell.outer)).toBeLessThan(0.2);
  });
});

describe('choices', () => {
  const { skull, patch } = shellWithHole(straightHole);
  const context = prepareDesign({ skull, patch });
  const along: Vec3 = [0, 0, 1];
  const chosen = (more: Record<string, unknown>) =>
    designImplant(context, completeParameters({ axis: along, ...more }), kernel);
  const base = chosen({});

  it('of thickness, offset and clearance show in the volume', () => {
    const area = Math.PI * (holeRadius - clearance) ** 2;
    const thin = chosen({ thickness: 3 });
    expect((base.volume - thin.volume) * 1000).toBeGreaterThan(0.9 * area);
    expect(chosen({ outerOffset: -1, thickness: 3 }).volume).toBeLessThan(thin.volume);
    expect(chosen({ clearance: 1.5 }).volume).toBeLessThan(base.volume - 0.4);
    expect(chosen({ thickness: 'bone' }).volume).toBeGreaterThan(base.volume + 2);
  });

  it('of holes make as many, and say what they leave', () => {
    const holes = chosen({ perfusionHoles: true, sutureHoles: 8 });
    const check = holes.checks.find(({ name }) => name === 'hole-wall');
    const count = check?.details?.holes ?? 0;
    expect(count).toBeGreaterThan(12);
    expect(check?.result).toBe('pass');
    // By Euler's formula a body with n holes through it has V − E + F = 2 − 2n.
    const { positions, triangles } = holes.meshes[0];
    const euler = positions.length / 3 - triangles.length / 2 + triangles.length / 3;
    expect(euler).toBe(2 - 2 * count);
    const drilled = (base.volume - holes.volume) * 1000;
    expect(drilled / (count * Math.PI * thickness)).toBeCloseTo(1, 0.5);
    expect(countSet(holes.mask.data)).toBeLessThan(countSet(base.mask.data));
  });

  it('of two pieces give two bodies a kerf apart', () => {
    const halves = chosen({ pieces: 2, kerf: 1 });
    expect(halves.meshes).toHaveLength(2);
    expect(base.volume - halves.volume).toBeGreaterThan(0.8 * 2 * 0.0215 * 4);
    for (const mesh of halves.meshes) expect(topologyOf(mesh).bodies).toBe(1);
  });

  it('of a wider taper and radius take material off the edge', () => {
    expect(chosen({ edgeTaper: 45 }).volume).toBeLessThan(base.volume - 0.1);
    expect(chosen({ edgeRadius: 1.5 }).volume).toBeLessThan(base.volume);
  });

  const refused: [string, Record<string, unknown>, string][] = [
    ['an axis that points inward', { axis: [0, 0, -1] }, 'bad-axis'],
    ['an axis along the skull', { axis: [1, 0, 0.05] }, 'bad-axis'],
    ['holes that cut it in two', { sutureHoles: 60, sutureDiameter: 3 }, 'implant-cut'],
  ];
  it.each(refused)('of %s are refused', (_, more, code) => {
    expect(() => chosen(more)).toThrow(expect.objectContaining({ code }));
  });

  it('leave out a crumb of less than a hundredth that falls off, and tell of a larger one', () => {
    const withCrumb = (share: number): SolidKernel => ({
      work: (surface, work) => {
        const [body] = kernel.work(surface, work);
        return [body, { ...body, volume: share * body.volume }];
      },
    });
    expect(designImplant(context, plain, withCrumb(0.009)).meshes).toHaveLength(1);
    expect(() => designImplant(context, plain, withCrumb(0.1))).toThrow(
      expect.objectContaining({
        code: 'implant-cut',
        message: expect.stringContaining('leave 2 parts of this patch') as string,
      }),
    );
  });

  it('of a clearance that leaves nothing are refused', () => {
    const small = shellWithHole((x, y) => Math.hypot(x, y) < 4);
    expect(() =>
      designImplant(prepareDesign(small), completeParameters({ clearance: 3 }), kernel),
    ).toThrow(expect.objectContaining({ code: 'nothing-left' }));
  });
});

describe('a patch', () => {
  const two = (x: number, y: number) => Math.hypot(x - 14, y) < 10 || Math.hypot(x + 14, y) < 8;

  it('of two pieces is designed piece by piece', () => {
    const request = shellWithHole(two);
    expect(() => prepareDesign(request)).toThrow(
      expect.objectContaining({ code: 'patch-in-pieces' }),
    );
    const volumes = [1, 2].map(
      (piece) => designImplant(prepareDesign({ ...request, piece }), plain, kernel).volume,
    );
    expect(volumes[0]).toBeGreaterThan(volumes[1] + 0.3);
    expect(() => prepareDesign({ ...request, piece: 3 })).toThrow(
      expect.objectContaining({ code: 'bad-parameter' }),
    );
  });

  it('that touches no bone is refused', () => {
    const { skull, patch } = shellWithHole(straightHole);
    const { grid } = patch;
    const [nx, ny, nz] = grid.size;
    const apart = emptyMask(grid);
    for (let k = 0, p = 0; k < nz; k++)
      for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++, p++)
          if (Math.hypot(grid.origin[0] + 0.6 * i, grid.origin[1] + 0.6 * j) < holeRadius - 5)
            apart.data[p] = patch.data[p];
    expect(() => prepareDesign({ skull, patch: apart })).toThrow(
      expect.objectContaining({ code: 'patch-detached' }),
    );
  });

  it('that is empty or lies on another grid is refused', () => {
    const { skull, patch } = shellWithHole(straightHole);
    expect(() => prepareDesign({ skull, patch: emptyMask(patch.grid) })).toThrow(
      expect.objectContaining({ code: 'empty-skull' }),
    );
    const moved = { ...patch, grid: { ...patch.grid, origin: [0, 0, 0] as Vec3 } };
    expect(() => prepareDesign({ skull, patch: moved })).toThrow(
      expect.objectContaining({ code: 'bad-geometry' }),
    );
  });
});
