import { growBox } from '../space/crop.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Vec3 } from '../space/grid.ts';
import { indexToPatient, patientToIndex } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { Mask } from '../space/volume.ts';
import { emptyMask } from '../space/volume.ts';
import { countDifferent, countSet } from '../space/voxels.ts';
import { isosurface } from '../surface/isosurface.ts';
import type { Mesh } from '../surface/mesh.ts';
import { placeMesh } from '../surface/mesh.ts';
import type { AxisFields } from './axisFields.ts';
import { fieldsAlong } from './axisFields.ts';
import type { Body, Undercut } from './body.ts';
import { makeBody } from './body.ts';
import type { ImplantCheck } from './checks.ts';
import { checkImplant } from './checks.ts';
import type { DesignContext } from './context.ts';
import { placeHoles } from './holes.ts';
import { angleBetween, insertionAxis, type AxisParameters } from './insertionAxis.ts';
import { tolerance } from './lighten.ts';
import type { ImplantParameters } from './parameters.ts';
import type { Cut, Drill, SolidKernel } from './solidKernel.ts';
import { mapSurface, type SurfaceMaps } from './surfaceMaps.ts';
import { why } from '../words/errorSentences.ts';
import type { Said } from '../words/sentence.ts';

/** A solid that can be printed and put in. */
export interface DesignedImplant {
  readonly parameters: ImplantParameters;
  /** One closed surface a piece, patient LPS mm, the largest first. */
  readonly meshes: readonly Mesh[];
  /** All pieces on the native grid. */
  readonly mask: Mask;
  /** Unit, patient LPS: the way out of the defect. */
  readonly axis: Vec3;
  /** Angle to the mean outward normal, degrees. */
  readonly tilt: number;
  /** ml. */
  readonly volume: number;
  /** g. */
  readonly mass: number;
  readonly undercut: Undercut;
  readonly checks: readonly ImplantCheck[];
  /** At the vertices of all meshes, one after the other; absent where a design was stored without them. */
  readonly maps?: SurfaceMaps;
}

/** The axis that a context was asked for last: most parameters leave it where it is. */
const axes = new WeakMap<DesignContext, { asked: string; axis: Vec3 }>();
/** Fields along the axes that a context was asked for last: turning back and forth costs nothing. */
const axisFields = new WeakMap<DesignContext, { axis: Vec3; fields: AxisFields }>();
/** What falls off and is smaller than this (mm³), or than this share of the implant, is dust. */
const dust = 20;
const dustShare = 0.01;
/** An implant reaches no farther beyond its patch, mm. */
const beyondPatch = 5;
/** Less than this is no implant, ml. */
const leastVolume = 0.05;
/** Designs are the same if no larger share of their voxels differs: browsers round some functions differently. */
const sameShare = 0.005;

/**
 * Designs an implant from a prepared patch.
 *
 * @throws CranioplastyError `bad-axis`, `nothing-left` if clearance, offset and thickness leave none,
 *   `implant-cut` if holes or the cut between the pieces take it apart
 */
export function designImplant(
  context: DesignContext,
  parameters: ImplantParameters,
  kernel: SolidKernel,
): DesignedImplant {
  const axis = keptAxis(context, parameters);
  const { fields, body, holes, cut, mask } = voxelDesign(context, parameters, axis);
  const surface = placeMesh(isosurface(body, 0, -body.grid.spacing[0]), body.grid);
  const made = kernel.work(surface, { tolerance, drills: holes.drills, cut });
  const whole = made.reduce((sum, { volume }) => sum + volume, 0);
  const parts = made.filter(({ volume }) => volume > Math.max(dust, dustShare * whole));
  if (parts.length !== parameters.pieces) {
    throw new CranioplastyError(
      'implant-cut',
      whyNot(parts.length, parameters.pieces, holes.drills.length > 0),
    );
  }
  const meshes = parts.map(({ mesh }) => mesh);
  const volume = parts.reduce((sum, part) => sum + part.volume, 0) / 1000;
  return {
    parameters,
    meshes,
    mask,
    axis,
    tilt: angleBetween(axis, context.outward),
    volume,
    mass: volume * parameters.density,
    undercut: body.undercut,
    checks: checkImplant({ context, parameters, fields, body, meshes, mask, holes, volume }),
    maps: mapSurface(meshes, body, fields, parameters),
  };
}

/**
 * Thickness and gap at the vertices of an implant that was designed before, as a stored one is, which lacks them.
 *
 * @param context prepared of the skull and the patch that it was designed from
 * @throws CranioplastyError `bad-geometry` if they and its parameters give another implant
 */
export function mapDesign(
  context: DesignContext,
  {
    parameters,
    axis,
    meshes,
    mask,
  }: Pick<DesignedImplant, 'parameters' | 'axis' | 'meshes' | 'mask'>,
): SurfaceMaps {
  const again = voxelDesign(context, parameters, axis);
  const different =
    mask.data.length === again.mask.data.length
      ? countDifferent(mask.data, again.mask.data)
      : Infinity;
  if (different > sameShare * countSet(again.mask.data)) {
    throw new CranioplastyError('bad-geometry', why('error.other-implant'));
  }
  return mapSurface(meshes, again.body, again.fields, parameters);
}

/**
 * The body of an implant, what is taken out of it, and its voxels on the native grid.
 * @throws CranioplastyError `nothing-left`
 */
function voxelDesign(context: DesignContext, parameters: ImplantParameters, axis: Vec3) {
  const fields = keptFields(context, axis);
  const body = makeBody(fields, parameters);
  if (!body || body.volume < leastVolume) {
    throw new CranioplastyError(
      'nothing-left',
      why('error.nothing-left', { clearance: parameters.clearance }),
    );
  }
  const holes = placeHoles(body, fields, parameters);
  const cut = parameters.pieces === 2 ? middleCut(body, parameters.kerf) : undefined;
  return { fields, body, holes, cut, mask: maskOf(body, context, holes.drills, cut) };
}

/** Why an implant does not have as many parts as were asked for. */
function whyNot(parts: number, asked: number, drilled: boolean): Said {
  if (parts < asked) return why('error.too-small');
  if (drilled)
    return why(asked > 1 ? 'error.cut-by-holes-in-two' : 'error.cut-by-holes', { parts });
  if (asked > 1) return why('error.cut-in-two', { parts });
  return why('error.apart', { parts });
}

function keptAxis(context: DesignContext, parameters: ImplantParameters): Vec3 {
  const { axis: wanted, thickness, clearance, outerOffset, keepOffDura } = parameters;
  const says: AxisParameters = { axis: wanted, thickness, clearance, outerOffset, keepOffDura };
  const asked = JSON.stringify(says);
  const kept = axes.get(context);
  if (kept?.asked === asked) return kept.axis;
  const axis = insertionAxis(context, says);
  axes.set(context, { asked, axis });
  return axis;
}

function keptFields(context: DesignContext, axis: Vec3): AxisFields {
  const kept = axisFields.get(context);
  if (kept && kept.axis.every((v, a) => v === axis[a])) return kept.fields;
  const fields = fieldsAlong(context, axis);
  axisFields.set(context, { axis, fields });
  return fields;
}

/** The plane along the insertion axis that halves the implant across its longest extent. */
function middleCut({ grid, data }: Body, kerf: number): Cut {
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const shadow = new Uint8Array(plane);
  for (let p = 0; p < plane * nz; p++) if (data[p] >= 0) shadow[p % plane] = 1;
  let [n, sx, sy] = [0, 0, 0];
  for (let c = 0; c < plane; c++)
    if (shadow[c]) {
      n++;
      sx += c % nx;
      sy += Math.floor(c / nx);
    }
  const [mx, my] = [sx / n, sy / n];
  let [xx, xy, yy] = [0, 0, 0];
  for (let c = 0; c < plane; c++)
    if (shadow[c]) {
      const [x, y] = [(c % nx) - mx, Math.floor(c / nx) - my];
      xx += x * x;
      xy += x * y;
      yy += y * y;
    }
  // The direction of the greatest spread.
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const normal = [0, 1, 2].map(
    (c) => Math.cos(angle) * grid.axes[0][c] + Math.sin(angle) * grid.axes[1][c],
  ) as unknown as Vec3;
  return { point: indexToPatient(grid, [mx, my, 0]), normal, kerf };
}

/** The implant on the native grid: voxels whose middle lies in it and that are not bone. */
function maskOf(
  body: Body,
  { skull, patchBox }: DesignContext,
  drills: readonly Drill[],
  cut?: Cut,
): Mask {
  const out = emptyMask(skull.grid);
  const { low, high } = growBox(patchBox, beyondPatch, skull.grid.size, skull.grid.spacing);
  const [nx, ny] = skull.grid.size;
  const start = patientToIndex(body.grid, skull.grid.origin);
  const step = [0, 1, 2].map((a) => {
    const one = [0, 1, 2].map((b) => (a === b ? 1 : 0)) as unknown as Vec3;
    return patientToIndex(body.grid, indexToPatient(skull.grid, one)).map((v, c) => v - start[c]);
  });
  const [sx, sy, sz] = body.grid.size;
  for (let k = low[2]; k < high[2]; k++)
    for (let j = low[1]; j < high[1]; j++) {
      const [x0, y0, z0] = [0, 1, 2].map((c) => start[c] + j * step[1][c] + k * step[2][c]);
      for (let i = low[0]; i < high[0]; i++) {
        const [x, y, z] = [x0 + i * step[0][0], y0 + i * step[0][1], z0 + i * step[0][2]];
        if (!(x > 0 && y > 0 && z > 0 && x < sx - 1 && y < sy - 1 && z < sz - 1)) continue;
        const near = Math.round(x) + sx * (Math.round(y) + sy * Math.round(z));
        const p = i + nx * (j + ny * k);
        if (body.data[near] < -2 * body.grid.spacing[0] || skull.data[p]) continue;
        if (interpolate(body.data, body.grid.size, x, y, z) < 0) continue;
        if (drills.length > 0 || cut) {
          const at = indexToPatient(skull.grid, [i, j, k]);
          if (drills.some((drill) => isDrilled(drill, at)) || (cut && isCut(cut, at))) continue;
        }
        out.data[p] = 1;
      }
    }
  return out;
}

function isDrilled({ middle, direction, radius, reach }: Drill, at: Vec3): boolean {
  const d = [at[0] - middle[0], at[1] - middle[1], at[2] - middle[2]];
  const along = d[0] * direction[0] + d[1] * direction[1] + d[2] * direction[2];
  const squared = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  return Math.abs(along) <= reach && squared - along * along < radius * radius;
}

function isCut({ point, normal, kerf }: Cut, at: Vec3): boolean {
  const d = [0, 1, 2].reduce((sum, a) => sum + (at[a] - point[a]) * normal[a], 0);
  return Math.abs(d) < kerf / 2;
}
