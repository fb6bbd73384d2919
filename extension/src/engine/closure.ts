import type { Vec3 } from './grid.ts';
import type { Mask } from './volume.ts';

/** Directions that look less than this far above the horizontal do not count, since the base is open. */
const leastElevation = Math.sin((5 * Math.PI) / 180);
/** Rays begin beyond the reach of the skull base and have left the head at the end, mm. */
const rayStart = 20;
const rayLength = 150;

/** Tells whether there is bone at a canonical position, mm. */
export type BoneLookup = (x: number, y: number, z: number) => boolean;

/**
 * Share of the directions from the cavity's centre into the vault that meet no bone: 0 for a
 * closed vault. As an area on a vault of 80 mm radius it is about 400 cm² · share.
 *
 * @param centre a point inside the cranial cavity, canonical mm
 * @param step distance of the samples on a ray, mm
 */
export function openShare(isBone: BoneLookup, centre: Vec3, step: number, rays = 8000): number {
  const golden = Math.PI * (3 - Math.sqrt(5));
  let counted = 0;
  let open = 0;
  for (let r = 0; r < rays; r++) {
    const dz = 1 - (2 * r + 1) / rays;
    if (dz < leastElevation) continue;
    counted++;
    const q = Math.sqrt(1 - dz * dz);
    const dx = q * Math.cos(golden * r);
    const dy = q * Math.sin(golden * r);
    let hit = false;
    for (let t = rayStart; t < rayLength && !hit; t += step)
      hit = isBone(centre[0] + t * dx, centre[1] + t * dy, centre[2] + t * dz);
    if (!hit) open++;
  }
  return counted ? open / counted : 0;
}

/** Looks canonical positions up in a mask whose grid has the canonical axes. */
export function boneLookup({ grid, data }: Mask): BoneLookup {
  const [nx, ny, nz] = grid.size;
  const [ox, oy, oz] = grid.origin;
  const h = grid.spacing[0];
  return (x, y, z) => {
    const i = Math.round((x - ox) / h);
    const j = Math.round((y - oy) / h);
    const k = Math.round((z - oz) / h);
    return (
      i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz && data[i + nx * (j + ny * k)] === 1
    );
  };
}
