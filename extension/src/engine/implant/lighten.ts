import type { Mesh } from '../surface/mesh.ts';
import type { SolidKernel } from './solidKernel.ts';

/** Triangles are merged where the surface moves by no more, mm. */
export const tolerance = 0.05;

/**
 * A closed surface with as few triangles as `tolerance` needs, which is what leaves the product for a printer.
 * @throws Error if the mesh is not the boundary of a solid
 */
export function lighten(mesh: Mesh, kernel: SolidKernel): Mesh {
  if (mesh.triangles.length === 0) return mesh;
  return joined(kernel.work(mesh, { tolerance, drills: [] }).map((part) => part.mesh));
}

function joined(meshes: readonly Mesh[]): Mesh {
  const total = (of: (mesh: Mesh) => number): number => meshes.reduce((n, m) => n + of(m), 0);
  const positions = new Float32Array(total((mesh) => mesh.positions.length));
  const triangles = new Uint32Array(total((mesh) => mesh.triangles.length));
  let [p, t] = [0, 0];
  for (const mesh of meshes) {
    positions.set(mesh.positions, p);
    triangles.set(mesh.triangles, t);
    for (const end = t + mesh.triangles.length; t < end; t++) triangles[t] += p / 3;
    p += mesh.positions.length;
  }
  return { positions, triangles };
}
