import type { Vec3 } from '../space/grid.ts';

/**
 * A function of the direction from one centre, on a latitude-longitude grid: row i is the polar angle
 * π·i / (rows − 1) from Superior, column j the azimuth 2π·j / columns from Left toward Posterior
 * (`space/radial.py` of `models/training`).
 */
export interface RadialGrid {
  readonly rows: number;
  readonly columns: number;
  /** Where the directions begin, canonical mm. */
  readonly centre: Vec3;
}

/** Unit direction of a cell of the map. */
export function cellDirection({ rows, columns }: RadialGrid, cell: number): Vec3 {
  const theta = (Math.PI * Math.floor(cell / columns)) / (rows - 1);
  const phi = (2 * Math.PI * (cell % columns)) / columns;
  const s = Math.sin(theta);
  return [s * Math.cos(phi), s * Math.sin(phi), Math.cos(theta)];
}

/** Cells about `step` degrees apart, fewer toward the poles: 1 for those, 0 for the others. */
export function thinnedCells({ rows, columns }: RadialGrid, step: number): Uint8Array {
  const every = Math.max(1, Math.round(step / (180 / (rows - 1))));
  const out = new Uint8Array(rows * columns);
  for (let i = 0; i < rows; i += every) {
    const sine = Math.max(Math.sin((Math.PI * i) / (rows - 1)), 0.03);
    const stride = every * Math.max(1, roundHalfToEven(1 / sine));
    for (let j = 0; j < columns; j += stride) out[i * columns + j] = 1;
  }
  return out;
}

/** As Python rounds. */
function roundHalfToEven(v: number): number {
  const low = Math.floor(v);
  const rest = v - low;
  if (rest !== 0.5) return Math.round(v);
  return low % 2 === 0 ? low : low + 1;
}

/**
 * Bilinear values of several maps in the direction of an offset from the centre.
 *
 * @param maps values side by side: `parts` for each cell
 * @param out receives `parts` values
 */
export function sampleRadial(
  { rows, columns }: RadialGrid,
  maps: Float64Array,
  parts: number,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  const r = Math.max(Math.sqrt(x * x + y * y + z * z), 1e-3);
  const theta = (Math.acos(Math.min(1, Math.max(-1, z / r))) / Math.PI) * (rows - 1);
  let phi = Math.atan2(y, x) / (2 * Math.PI);
  if (phi < 0) phi += 1;
  phi *= columns;
  const i = Math.min(rows - 2, Math.floor(theta));
  const j = Math.floor(phi) % columns;
  const next = j + 1 === columns ? 0 : j + 1;
  const fi = theta - i;
  const fj = phi - Math.floor(phi);
  const a = (i * columns + j) * parts;
  const b = (i * columns + next) * parts;
  const c = a + columns * parts;
  const d = b + columns * parts;
  for (let v = 0; v < parts; v++) {
    const low = maps[a + v] + fj * (maps[b + v] - maps[a + v]);
    const high = maps[c + v] + fj * (maps[d + v] - maps[c + v]);
    out[v] = low + fi * (high - low);
  }
}
