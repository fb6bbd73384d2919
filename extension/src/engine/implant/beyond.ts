import type { Vec3 } from '../space/grid.ts';
import { patientToIndex } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { Mesh } from '../surface/mesh.ts';
import type { AxisFields } from './axisFields.ts';

/** A distance changes by no more across a voxel, mm. */
const jump = 1.5;

/** How far an implant reaches at most, mm, and where (patient LPS mm). */
interface Reach {
  readonly most: number;
  readonly place?: Vec3;
}

/** What stands out over the outer table, and what lies deeper than the patch; 0 where nothing does. */
export function measureBeyond(
  meshes: readonly Mesh[],
  { grid, depth, height, bone }: AxisFields,
): { readonly out: Reach; readonly deep: Reach } {
  let out: Reach = { most: 0 };
  let deep: Reach = { most: 0 };
  const [nx, ny] = grid.size;
  const plane = nx * ny;

  for (const { positions } of meshes)
    for (let v = 0; v < positions.length; v += 3) {
      const at: Vec3 = [positions[v], positions[v + 1], positions[v + 2]];
      const [x, y, z] = patientToIndex(grid, at);
      const below = -sureValue(height, grid.size, x, y, z);
      const above = -sureValue(depth, grid.size, x, y, z);
      if (below > deep.most) deep = { most: below, place: at };
      if (!(above > out.most)) continue;
      // Bone under it makes it an overhang; over the defect it is the offset.
      let p = Math.round(x) + nx * Math.round(y) + plane * Math.round(z);
      for (let n = 0; n < 8 && p >= 0; n++, p -= plane)
        if (bone[p] < 0) {
          out = { most: above, place: at };
          break;
        }
    }
  return { out, deep };
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
