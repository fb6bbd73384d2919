import createManifold, { type Manifold, type ManifoldToplevel } from 'manifold-3d';
import type { Drill, SolidKernel, SolidPart, SolidWork } from './engine/implant/solidKernel.ts';
import type { Mesh } from './engine/surface/mesh.ts';
import { intersectsItself } from './engine/surface/selfIntersection.ts';
import { hasTwins } from './engine/surface/topology.ts';

/** Corners of a drilled hole. */
const segments = 32;

/**
 * The kernel of manifold-3d (WebAssembly, Apache-2.0).
 *
 * @param locate where its .wasm file is; in Node it finds it itself
 */
export async function openSolidKernel(locate?: () => string): Promise<SolidKernel> {
  const module = await (locate ? createManifold({ locateFile: locate }) : createManifold());
  module.setup();
  return { work: (mesh, work) => simplifiedCleanly(module, mesh, work) };
}

/** Parts of the tolerance that are tried, where simplifying makes a surface cut itself or two edges of it one. */
const finer = [1, 0.7, 0.5, 0.35, 0.25, 0.1, 0];

function simplifiedCleanly(module: ManifoldToplevel, mesh: Mesh, work: SolidWork): SolidPart[] {
  let parts: SolidPart[] = [];
  for (const share of finer) {
    parts = new Workshop(module).work(mesh, { ...work, tolerance: share * work.tolerance });
    if (!parts.some(({ mesh: part }) => hasTwins(part) || intersectsItself(part))) break;
  }
  return parts;
}

/** One piece of work; what it makes lies in the module's memory until it is done. */
class Workshop {
  private readonly made: Manifold[] = [];

  constructor(private readonly module: ManifoldToplevel) {}

  work(mesh: Mesh, { tolerance, drills, cut }: SolidWork): SolidPart[] {
    try {
      let body = this.keep(
        new this.module.Manifold(
          new this.module.Mesh({
            numProp: 3,
            vertProperties: mesh.positions,
            triVerts: mesh.triangles,
          }),
        ),
      );
      if (body.status() !== 'NoError') {
        throw new Error(`The surface is not that of a solid: ${body.status()}.`);
      }
      body = this.keep(body.simplify(tolerance));
      if (drills.length > 0) {
        const holes = this.keep(this.module.Manifold.union(drills.map((d) => this.drill(d))));
        body = this.keep(body.subtract(holes));
      }
      const halves = [body];
      if (cut) {
        const { point, normal, kerf } = cut;
        const offset = normal.reduce((sum, v, a) => sum + v * point[a], 0);
        const [x, y, z] = normal;
        halves.splice(
          0,
          1,
          this.keep(body.trimByPlane([x, y, z], offset + kerf / 2)),
          this.keep(body.trimByPlane([-x, -y, -z], -offset + kerf / 2)),
        );
      }
      const parts = halves.flatMap((half) => half.decompose().map((part) => this.keep(part)));
      return parts.map(partOf).sort((a, b) => b.volume - a.volume);
    } finally {
      for (const solid of this.made) solid.delete();
    }
  }

  private keep(solid: Manifold): Manifold {
    this.made.push(solid);
    return solid;
  }

  private drill({ middle, direction, radius, reach }: Drill): Manifold {
    // Flat-sided: as wide as the round hole on the mean.
    const wide = radius * Math.sqrt((2 * Math.PI) / segments / Math.sin((2 * Math.PI) / segments));
    const [x, y, z] = direction;
    const upright = this.keep(this.module.Manifold.cylinder(2 * reach, wide, wide, segments, true));
    const leaning = this.keep(
      upright.rotate([
        0,
        (Math.atan2(Math.hypot(x, y), z) * 180) / Math.PI,
        (Math.atan2(y, x) * 180) / Math.PI,
      ]),
    );
    return this.keep(leaning.translate([middle[0], middle[1], middle[2]]));
  }
}

function partOf(part: Manifold): SolidPart {
  const mesh = part.getMesh();
  return {
    mesh: {
      positions: Float32Array.from(mesh.vertProperties),
      triangles: Uint32Array.from(mesh.triVerts),
    },
    volume: part.volume(),
    genus: part.genus(),
  };
}
