import { patientToIndex } from '../space/grid.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { Mask } from '../space/volume.ts';
import type { Mesh } from '../surface/mesh.ts';
import { topologyOf } from '../surface/topology.ts';
import { inARow, sayOfCheck } from '../words/checkSentences.ts';
import { sayMaterial } from '../words/parameterTexts.ts';
import type { Sentence } from '../words/sentence.ts';
import type { AxisFields } from './axisFields.ts';
import { measureBeyond } from './beyond.ts';
import type { Body } from './body.ts';
import type { DesignContext } from './context.ts';
import type { HolePattern } from './holes.ts';
import { measureGap } from './gap.ts';
import { measureWall } from './wall.ts';
import type { ImplantParameters } from './parameters.ts';

export type CheckName =
  | 'manifold'
  | 'overlap'
  | 'insertion'
  | 'gap'
  | 'thickness'
  | 'hole-wall'
  | 'size'
  | 'bed'
  | 'mass'
  | 'overhang'
  | 'undercut'
  | 'depth';

/** One check of an implant. */
export interface ImplantCheck {
  readonly name: CheckName;
  readonly result: 'pass' | 'warn' | 'fail';
  /** The number that is judged, and its unit. */
  readonly value: number;
  readonly unit: 'mm' | 'ml' | 'g' | '';
  /** A sentence or two, in English. */
  readonly message: string;
  /** The same for other languages; absent where a design was stored without them. */
  readonly sentences?: readonly Sentence[];
  /** Where to look, patient LPS mm. */
  readonly place?: Vec3;
  /** More numbers, by name. */
  readonly details?: Readonly<Record<string, number>>;
}

/** What is checked. */
export interface CheckedImplant {
  readonly context: DesignContext;
  readonly parameters: ImplantParameters;
  readonly fields: AxisFields;
  readonly body: Body;
  readonly meshes: readonly Mesh[];
  readonly mask: Mask;
  readonly holes: HolePattern;
  /** ml. */
  readonly volume: number;
}

/** Sizes that are made, largest extent, mm (FDA clearances of patient-specific plates). */
const sizes = { least: 25, most: 250 };
/** Two pieces are proposed from this extent on, mm. */
const largeInOnePiece = 150;
/** Deeper than this beyond the patch's inner surface, or farther over the outer table, is worth a look, mm. */
const tolerated = 0.3;
/** Less was not thickened to speak of, ml. */
const worthSaying = 0.05;
/** Noise of the surface is no collision, mm. */
const touching = 0.05;

/** All checks of a designed implant. */
export function checkImplant(implant: CheckedImplant): ImplantCheck[] {
  return [
    checkManifold(implant),
    ...checkWay(implant),
    ...checkGap(implant),
    checkThickness(implant),
    ...checkHoles(implant),
    ...checkSize(implant),
    checkMass(implant),
    ...checkSurfaces(implant),
    checkUndercut(implant),
  ];
}

function checkManifold({ meshes }: CheckedImplant): ImplantCheck {
  let faults = 0;
  let bodies = 0;
  for (const mesh of meshes) {
    const topology = topologyOf(mesh);
    faults += topology.openEdges + topology.crowdedEdges + topology.pinchedVertices;
    bodies += topology.bodies;
  }
  const ok = faults === 0 && bodies === meshes.length;
  return {
    name: 'manifold',
    result: ok ? 'pass' : 'fail',
    value: faults,
    unit: '',
    ...inARow(
      !ok
        ? sayOfCheck('checked.manifold.faults', { faults, bodies })
        : bodies === 1
          ? sayOfCheck('checked.manifold')
          : sayOfCheck('checked.manifold.bodies', { bodies }),
    ),
    details: { faults, bodies },
  };
}

/** No overlap with bone, where it sits and on its way out. */
function checkWay({ meshes, fields, mask, context }: CheckedImplant): ImplantCheck[] {
  const { grid, bone, way } = fields;
  const sits = leastAtVertices(meshes, bone, grid);
  const moves = leastAtVertices(meshes, way, grid);
  let shared = 0;
  for (let p = 0; p < mask.data.length; p++) if (mask.data[p] && context.skull.data[p]) shared++;
  const overlaps = shared > 0 || sits.value < -touching;
  const collides = moves.value < -touching;
  return [
    {
      name: 'overlap',
      result: overlaps ? 'fail' : 'pass',
      value: Math.max(0, -sits.value),
      unit: 'mm',
      ...inARow(
        overlaps
          ? sayOfCheck('checked.overlap.reaches', { depth: (-sits.value).toFixed(1) })
          : sayOfCheck('checked.overlap', { nearest: sits.value.toFixed(1) }),
      ),
      place: sits.place,
      details: { voxels: shared, nearest: sits.value },
    },
    {
      name: 'insertion',
      result: collides ? 'fail' : 'pass',
      value: Math.max(0, -moves.value),
      unit: 'mm',
      ...inARow(
        collides
          ? sayOfCheck('checked.insertion.meets', { depth: (-moves.value).toFixed(1) })
          : sayOfCheck('checked.insertion', { nearest: moves.value.toFixed(1) }),
      ),
      place: moves.place,
      details: { nearest: moves.value },
    },
  ];
}

function leastAtVertices(
  meshes: readonly Mesh[],
  values: Float32Array,
  grid: Grid,
): { value: number; place?: Vec3 } {
  let least: { value: number; place?: Vec3 } = { value: Infinity };
  for (const { positions } of meshes)
    for (let v = 0; v < positions.length; v += 3) {
      const at: Vec3 = [positions[v], positions[v + 1], positions[v + 2]];
      const [x, y, z] = patientToIndex(grid, at);
      const value = interpolate(values, grid.size, x, y, z);
      if (value < least.value) least = { value, place: at };
    }
  return least;
}

function checkGap({ parameters, fields, body }: CheckedImplant): ImplantCheck[] {
  const gap = measureGap(body, fields, parameters);
  if (!gap) {
    return [
      {
        name: 'gap',
        result: 'warn',
        value: NaN,
        unit: 'mm',
        ...inARow(sayOfCheck('checked.gap.none')),
      },
    ];
  }
  const wide = gap.excess95 > 0.4;
  const { share, most } = gap.insertion;
  const widths = {
    mean: gap.mean.toFixed(1),
    p95: gap.p95.toFixed(1),
    rim: gap.rim95.toFixed(1),
    most: gap.most.toFixed(1),
  };
  const held = { share: Math.round(100 * share), most: most.toFixed(1) };
  return [
    {
      name: 'gap',
      result: wide ? 'warn' : 'pass',
      value: gap.p95,
      unit: 'mm',
      ...inARow(
        sayOfCheck(wide ? 'checked.gap.wide' : 'checked.gap', widths),
        share > 0.01 ? sayOfCheck('checked.gap.held', held) : undefined,
      ),
      place: gap.place,
      details: {
        mean: gap.mean,
        p95: gap.p95,
        max: gap.most,
        rim95: gap.rim95,
        aboveOne: gap.aboveOne,
        excess95: gap.excess95,
        open: gap.open,
        heldShare: share,
        heldMost: most,
        ...gap.sides,
      },
    },
  ];
}

function checkThickness({ body, fields, parameters }: CheckedImplant): ImplantCheck {
  const wall = measureWall(body, fields, parameters);
  const { thickness, leastWall } = parameters;
  const thin = wall.least < leastWall;
  const short = thickness !== 'bone' && wall.p5 < thickness - 0.3;
  const range = {
    p5: wall.p5.toFixed(1),
    p95: wall.p95.toFixed(1),
    least: wall.least.toFixed(1),
  };
  return {
    name: 'thickness',
    result: thin ? 'fail' : short ? 'warn' : 'pass',
    value: wall.least,
    unit: 'mm',
    ...inARow(
      thin
        ? sayOfCheck('checked.thickness.thin', { ...range, wall: leastWall })
        : short
          ? sayOfCheck('checked.thickness.short', { ...range, asked: thickness })
          : sayOfCheck('checked.thickness', range),
    ),
    place: wall.place,
    details: { least: wall.least, p5: wall.p5, p50: wall.p50, p95: wall.p95 },
  };
}

function checkHoles({ holes, parameters }: CheckedImplant): ImplantCheck[] {
  const { drills, leastWall } = holes;
  if (drills.length === 0) return [];
  const thin = leastWall < parameters.leastWall;
  const walls = { holes: drills.length, least: leastWall.toFixed(1) };
  return [
    {
      name: 'hole-wall',
      result: thin ? 'fail' : 'pass',
      value: leastWall,
      unit: 'mm',
      ...inARow(
        thin
          ? sayOfCheck('checked.hole-wall.thin', { ...walls, wall: parameters.leastWall })
          : sayOfCheck('checked.hole-wall', walls),
      ),
      details: { holes: drills.length },
    },
  ];
}

function checkSize({ meshes, fields, parameters }: CheckedImplant): ImplantCheck[] {
  const extents = meshes.map((mesh) => boxAlong(mesh, fields.grid.axes));
  const longest = Math.max(...extents.map((box) => Math.max(...box)));
  const made = longest >= sizes.least && longest <= sizes.most;
  const proposes = meshes.length === 1 && longest > largeInOnePiece;
  const bed = [parameters.bedWidth, parameters.bedDepth, parameters.bedHeight].sort(
    (a, b) => a - b,
  );
  const fits = extents.every((box) => box.sort((a, b) => a - b).every((e, n) => e <= bed[n]));
  const [x, y, z] = extents[0];
  const length = longest.toFixed(0);

  return [
    {
      name: 'size',
      result: !made ? 'fail' : proposes ? 'warn' : 'pass',
      value: longest,
      unit: 'mm',
      ...inARow(
        !made
          ? sayOfCheck('checked.size.unmade', { length, ...sizes })
          : proposes
            ? sayOfCheck('checked.size.large', { length, most: largeInOnePiece })
            : sayOfCheck('checked.size', { length }),
      ),
      details: { short: x, middle: y, long: z },
    },
    {
      name: 'bed',
      result: fits ? 'pass' : 'fail',
      value: longest,
      unit: 'mm',
      ...inARow(sayOfCheck(fits ? 'checked.bed' : 'checked.bed.small', { bed: bed.join(' × ') })),
    },
  ];
}

/** Extents of a mesh along three directions, mm. */
function boxAlong({ positions: p }: Mesh, axes: Grid['axes']): number[] {
  return axes.map(([x, y, z]) => {
    let [low, high] = [Infinity, -Infinity];
    for (let v = 0; v < p.length; v += 3) {
      const t = p[v] * x + p[v + 1] * y + p[v + 2] * z;
      if (t < low) low = t;
      if (t > high) high = t;
    }
    return high - low;
  });
}

function checkMass({ volume, parameters }: CheckedImplant): ImplantCheck {
  const { material, density } = parameters;
  const mass = volume * density;
  const amounts = { mass: mass.toFixed(1), volume: volume.toFixed(1) };
  return {
    name: 'mass',
    result: 'pass',
    value: mass,
    unit: 'g',
    ...inARow(
      material === 'custom'
        ? sayOfCheck('checked.mass.custom', amounts)
        : sayOfCheck('checked.mass', { ...amounts, material: sayMaterial(`material.${material}`) }),
    ),
    details: { volume, density },
  };
}

function checkSurfaces({ meshes, fields, context }: CheckedImplant): ImplantCheck[] {
  const { out, deep } = measureBeyond(meshes, fields);
  const thickened = context.thickened > worthSaying;
  return [
    {
      name: 'overhang',
      result: out.most > tolerated ? 'warn' : 'pass',
      value: out.most,
      unit: 'mm',
      ...inARow(
        out.most > tolerated
          ? sayOfCheck('checked.overhang.out', { height: out.most.toFixed(1) })
          : sayOfCheck('checked.overhang'),
      ),
      place: out.most > tolerated ? out.place : undefined,
    },
    {
      name: 'depth',
      result: deep.most > tolerated || thickened ? 'warn' : 'pass',
      value: deep.most,
      unit: 'mm',
      ...inARow(
        deep.most > tolerated
          ? sayOfCheck('checked.depth.deep', { depth: deep.most.toFixed(1) })
          : sayOfCheck('checked.depth'),
        thickened
          ? sayOfCheck('checked.depth.thickened', { volume: context.thickened.toFixed(2) })
          : undefined,
      ),
      place: deep.most > tolerated ? deep.place : undefined,
    },
  ];
}

function checkUndercut({ body, volume }: CheckedImplant): ImplantCheck {
  const { undercut } = body;
  const much = undercut.volume > 0.1 * volume;
  return {
    name: 'undercut',
    result: much ? 'warn' : 'pass',
    value: undercut.volume,
    unit: 'ml',
    ...inARow(
      sayOfCheck(much ? 'checked.undercut.much' : 'checked.undercut', {
        volume: undercut.volume.toFixed(2),
      }),
    ),
    place: undercut.place,
  };
}
