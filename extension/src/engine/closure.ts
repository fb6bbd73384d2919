import type { Vec3 } from './grid.ts';
import { patientToIndex } from './grid.ts';
import type { Mask } from './volume.ts';

/** Directions that look less than this far above the horizontal do not count, since the base is open. */
const leastElevation = Math.sin((5 * Math.PI) / 180);
/** A ray that has gone this far has left the head, mm. */
const rayLength = 150;

/**
 * Share of the directions from the cavity's centre into the vault that meet no bone: 0 for a
 * closed vault. As an area on a vault of 80 mm radius it is about 400 cm² · share.
 *
 * @param centre a point inside the cranial cavity, canonical mm
 * @param isBone tells whether there is bone at a canonical position, mm
 */
export function openShare(
  isBone: (p: Vec3) => boolean,
  centre: Vec3,
  step: number,
  rays = 20000,
): number {
  const golden = Math.PI * (3 - Math.sqrt(5));
  let counted = 0;
  let open = 0;
  for (let r = 0; r < rays; r++) {
    const z = 1 - (2 * r + 1) / rays;
    if (z < leastElevation) continue;
    counted++;
    const q = Math.sqrt(1 - z * z);
    const [dx, dy] = [q * Math.cos(golden * r), q * Math.sin(golden * r)];
    let hit = false;
    for (let t = 20; t < rayLength && !hit; t += step)
      hit = isBone([centre[0] + t * dx, centre[1] + t * dy, centre[2] + t * z]);
    if (!hit) open++;
  }
  return counted ? open / counted : 0;
}

/** Looks a canonical position up in a mask on a canonical grid. */
export function boneLookup(mask: Mask): (p: Vec3) => boolean {
  const { grid, data } = mask;
  const [nx, ny, nz] = grid.size;
  return (p) => {
    const [x, y, z] = patientToIndex(grid, p).map(Math.round);
    return (
      x >= 0 && y >= 0 && z >= 0 && x < nx && y < ny && z < nz && data[x + nx * (y + ny * z)] === 1
    );
  };
}
