import type { Vec3 } from '../space/grid.ts';
import type { Mask } from '../space/volume.ts';

/** Directions that look less than this far above the horizontal do not count, since the base is open. */
const leastElevation = Math.sin((5 * Math.PI) / 180);
/** Rays begin beyond the reach of the skull base and have left the head at the end, mm. */
const rayStart = 20;
const rayLength = 150;

/** Tells whether there is bone at a canonical position, mm. */
export type BoneLookup = (x: number, y: number, z: number) => boolean;

/** Which directions from a point inside the cavity meet no bone, on a map of polar angle × azimuth. */
export interface OpenDirections {
  /** Rows from straight up (0) to straight down, columns around from Left toward Posterior. */
  readonly rows: number;
  readonly columns: number;
  /** 1 = no bone on the way out. A ray that leaves through the bottom of the volume counts as closed. */
  readonly open: Uint8Array;
}

/**
 * Looks from the cavity's centre in all directions for bone.
 *
 * @param centre a point inside the cranial cavity, canonical mm
 * @param step distance of the samples on a ray, mm
 * @param rows of the map; twice as many columns
 */
export function openDirections(
  isBone: BoneLookup,
  centre: Vec3,
  step: number,
  rows = 90,
): OpenDirections {
  const columns = 2 * rows;
  const open = new Uint8Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const polar = ((r + 0.5) / rows) * Math.PI;
    const dz = Math.cos(polar);
    for (let c = 0; c < columns; c++) {
      const azimuth = ((c + 0.5) / columns) * 2 * Math.PI;
      const dx = Math.sin(polar) * Math.cos(azimuth);
      const dy = Math.sin(polar) * Math.sin(azimuth);
      let closed = false;
      for (let t = rayStart; t < rayLength && !closed; t += step) {
        const z = centre[2] + t * dz;
        closed = z < 0 || isBone(centre[0] + t * dx, centre[1] + t * dy, z);
      }
      if (!closed) open[r * columns + c] = 1;
    }
  }
  return { rows, columns, open };
}

/** Cell of a map in which an offset from the centre lies. */
export function directionCell(map: OpenDirections, dx: number, dy: number, dz: number): number {
  const polar = Math.acos(dz / (Math.hypot(dx, dy, dz) || 1));
  const azimuth = (Math.atan2(dy, dx) + 2 * Math.PI) % (2 * Math.PI);
  const r = Math.min(map.rows - 1, Math.floor((polar / Math.PI) * map.rows));
  const c = Math.min(map.columns - 1, Math.floor((azimuth / (2 * Math.PI)) * map.columns));
  return r * map.columns + c;
}

/**
 * Share of the vault's directions that are open: 0 for a closed vault. As an area on a vault of
 * 80 mm radius it is about 400 cm² · share.
 */
export function openShare({ rows, columns, open }: OpenDirections): number {
  let counted = 0;
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    const polar = ((r + 0.5) / rows) * Math.PI;
    if (Math.cos(polar) < leastElevation) break;
    for (let c = 0; c < columns; c++) {
      counted += Math.sin(polar);
      if (open[r * columns + c]) sum += Math.sin(polar);
    }
  }
  return sum / counted;
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
