import { patientToIndex } from '../space/grid.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { Mask } from '../space/volume.ts';
import type { Mesh } from '../surface/mesh.ts';
import { topologyOf } from '../surface/topology.ts';
import type { AxisFields } from './axisFields.ts';
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
  /** One sentence. */
  readonly message: string;
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
/** A distance changes by no more across a voxel, mm. */
const jump = 1.5;
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
    message: ok
      ? `Watertight and manifold, ${bodies === 1 ? 'one body' : `${bodies} bodies`}.`
      : `${faults} faults of the surface, ${bodies} bodies: design it again with other parameters.`,
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
      message: overlaps
        ? `Reaches ${(-sits.value).toFixed(1)} mm into bone: choose a larger clearance.`
        : `Does not overlap bone; the nearest is ${sits.value.toFixed(1)} mm away.`,
      place: sits.place,
      details: { voxels: shared, nearest: sits.value },
    },
    {
      name: 'insertion',
      result: collides ? 'fail' : 'pass',
      value: Math.max(0, -moves.value),
      unit: 'mm',
      message: collides
        ? `Meets bone by ${(-moves.value).toFixed(1)} mm on its way along the axis: choose another axis.`
        : `Moves out along the axis without meeting bone; the nearest is ${moves.value.toFixed(1)} mm away.`,
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
        message: 'No bone lies along the border: look at where the implant would be fixed.',
      },
    ];
  }
  const wide = gap.excess95 > 0.4;
  const { share, most } = gap.insertion;
  const held =
    share > 0.01
      ? ` Along ${Math.round(100 * share)} % of the border up to ${most.toFixed(1)} mm of it is what the way in along the axis asks for.`
      : '';
  return [
    {
      name: 'gap',
      result: wide ? 'warn' : 'pass',
      value: gap.p95,
      unit: 'mm',
      message: `The gap along the border is ${gap.mean.toFixed(1)} mm on the mean, ${gap.p95.toFixed(1)} mm at its 95th percentile (${gap.rim95.toFixed(1)} mm next to the outer surface) and ${gap.most.toFixed(1)} mm at its widest${wide ? ', wider than the clearance asks' : ''}.${held}`,
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
  const range = `${wall.p5.toFixed(1)} to ${wall.p95.toFixed(1)} mm thick (5th to 95th percentile), ${wall.least.toFixed(1)} mm at its thinnest`;
  return {
    name: 'thickness',
    result: thin ? 'fail' : short ? 'warn' : 'pass',
    value: wall.least,
    unit: 'mm',
    message: thin
      ? `${range}: thinner than the printer's ${leastWall} mm.`
      : short
        ? `${range}: the patch is thinner than the ${thickness} mm asked for in places.`
        : `${range}.`,
    place: wall.place,
    details: { least: wall.least, p5: wall.p5, p50: wall.p50, p95: wall.p95 },
  };
}

function checkHoles({ holes, parameters }: CheckedImplant): ImplantCheck[] {
  const { drills, leastWall } = holes;
  if (drills.length === 0) return [];
  const thin = leastWall < parameters.leastWall;
  return [
    {
      name: 'hole-wall',
      result: thin ? 'fail' : 'pass',
      value: leastWall,
      unit: 'mm',
      message: `${drills.length} holes leave walls of ${leastWall.toFixed(1)} mm and more${thin ? `, below the printer's ${parameters.leastWall} mm` : ''}.`,
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

  return [
    {
      name: 'size',
      result: !made ? 'fail' : proposes ? 'warn' : 'pass',
      value: longest,
      unit: 'mm',
      message: !made
        ? `${longest.toFixed(0)} mm long, where ${sizes.least} to ${sizes.most} mm are made.`
        : proposes
          ? `${longest.toFixed(0)} mm long: beyond ${largeInOnePiece} mm two pieces are easier to put in.`
          : `${longest.toFixed(0)} mm long.`,
      details: { short: x, middle: y, long: z },
    },
    {
      name: 'bed',
      result: fits ? 'pass' : 'fail',
      value: longest,
      unit: 'mm',
      message: fits
        ? `Fits the printer's bed of ${bed.join(' × ')} mm.`
        : `Does not fit the printer's bed of ${bed.join(' × ')} mm: choose two pieces or another printer.`,
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
  const mass = volume * parameters.density;
  return {
    name: 'mass',
    result: 'pass',
    value: mass,
    unit: 'g',
    message: `${mass.toFixed(1)} g of ${parameters.material === 'custom' ? 'its material' : parameters.material}, ${volume.toFixed(1)} ml.`,
    details: { volume, density: parameters.density },
  };
}

/** What stands out over the outer table, and what lies deeper than the patch. */
function checkSurfaces({ meshes, fields, context }: CheckedImplant): ImplantCheck[] {
  const { grid, depth, height, bone } = fields;
  const thickened = context.thickened > worthSaying;
  const out = { most: 0, place: undefined as Vec3 | undefined };
  const deep = { most: 0, place: undefined as Vec3 | undefined };
  const [nx, ny] = grid.size;
  const plane = nx * ny;

  for (const { positions } of meshes)
    for (let v = 0; v < positions.length; v += 3) {
      const at: Vec3 = [positions[v], positions[v + 1], positions[v + 2]];
      const [x, y, z] = patientToIndex(grid, at);
      const below = -sureValue(height, grid.size, x, y, z);
      const above = -sureValue(depth, grid.size, x, y, z);
      if (below > deep.most) [deep.most, deep.place] = [below, at];
      if (!(above > out.most)) continue;
      // Bone under it makes it an overhang; over the defect it is the offset.
      let p = Math.round(x) + nx * Math.round(y) + plane * Math.round(z);
      for (let n = 0; n < 8 && p >= 0; n++, p -= plane)
        if (bone[p] < 0) {
          [out.most, out.place] = [above, at];
          break;
        }
    }
  return [
    {
      name: 'overhang',
      result: out.most > tolerated ? 'warn' : 'pass',
      value: out.most,
      unit: 'mm',
      message:
        out.most > tolerated
          ? `Stands ${out.most.toFixed(1)} mm out over bone.`
          : 'Nothing lies over the outer table of the bone.',
      place: out.most > tolerated ? out.place : undefined,
    },
    {
      name: 'depth',
      result: deep.most > tolerated || thickened ? 'warn' : 'pass',
      value: deep.most,
      unit: 'mm',
      message: `${
        deep.most > tolerated
          ? `Reaches ${deep.most.toFixed(1)} mm deeper than the inner surface of the patch, toward the dura.`
          : 'Nowhere deeper than the inner surface of the patch.'
      }${thickened ? ` A patch too thin for an implant was first thickened inward by ${context.thickened.toFixed(2)} ml.` : ''}`,
      place: deep.most > tolerated ? deep.place : undefined,
    },
  ];
}

/** The value of a distance at a point; NaN next to where it is not known, from where it jumps. */
function sureValue(values: Float32Array, size: Vec3, x: number, y: number, z: number): number {
  const p = Math.floor(x) + size[0] * (Math.floor(y) + size[1] * Math.floor(z));
  let [least, most] = [Infinity, -Infinity];
  for (let c = 0; c < 8; c++) {
    const value = values[p + (c & 1) + size[0] * (((c >> 1) & 1) + size[1] * (c >> 2))];
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least < jump ? interpolate(values, size, x, y, z) : NaN;
}

function checkUndercut({ body, volume }: CheckedImplant): ImplantCheck {
  const { undercut } = body;
  const much = undercut.volume > 0.1 * volume;
  return {
    name: 'undercut',
    result: much ? 'warn' : 'pass',
    value: undercut.volume,
    unit: 'ml',
    message: `Undercut removal took ${undercut.volume.toFixed(2)} ml${much ? ': look whether another axis takes less' : ''}.`,
    place: undercut.place,
  };
}
