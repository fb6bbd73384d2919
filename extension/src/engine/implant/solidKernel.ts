import type { Vec3 } from '../space/grid.ts';
import type { Mesh } from '../surface/mesh.ts';

/** A round hole through everything along its middle line, mm. */
export interface Drill {
  readonly middle: Vec3;
  /** Unit direction. */
  readonly direction: Vec3;
  readonly radius: number;
  /** How far it reaches to each side of the middle. */
  readonly reach: number;
}

/** A flat cut: what lies within half a kerf of the plane goes, mm. */
export interface Cut {
  readonly point: Vec3;
  /** Unit normal of the plane. */
  readonly normal: Vec3;
  readonly kerf: number;
}

/** What is to be done to a mesh, in this order. */
export interface SolidWork {
  /** Triangles may be merged where the surface moves by no more than this, mm. */
  readonly tolerance: number;
  readonly drills: readonly Drill[];
  readonly cut?: Cut;
}

/** A part of a solid, and what the kernel found about it. */
export interface SolidPart {
  readonly mesh: Mesh;
  /** mm³. */
  readonly volume: number;
  /** Holes that go through. */
  readonly genus: number;
}

/**
 * A kernel for exact work on solids, whose results are manifolds by construction. The engine has none of its own; who
 * runs it gives it one.
 */
export interface SolidKernel {
  /**
   * Simplifies, drills and cuts.
   * @returns its separate parts, largest first
   * @throws Error if the mesh is not the boundary of a solid
   */
  work(mesh: Mesh, work: SolidWork): SolidPart[];
}
