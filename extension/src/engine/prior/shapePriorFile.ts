import { CranioplastyError } from '../space/errors.ts';
import type { ModelSource } from '../space/files.ts';
import { readVerified } from '../space/files.ts';
import type { Vec3 } from '../space/grid.ts';
import type { GaussianProcess, Kernel } from './gaussianProcess.ts';
import type { ShapePrior } from './shapePrior.ts';
import { shapePriorOf } from './shapePrior.ts';
import { why } from '../words/errorSentences.ts';

interface ProcessManifest {
  readonly components: number;
  /** What one step of the stored means and components is worth. */
  readonly meanScale: number;
  readonly componentsScale: number;
  /** That of the spread; a file without it (until 2026-11-27) has the same everywhere. */
  readonly spreadScale?: number;
  readonly noise: number;
  readonly kernels: readonly Kernel[];
}

/** The entry `shapePrior` of a model's manifest. */
export interface ShapePriorManifest {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly columns: number;
  /** Cells of the domain. */
  readonly cells: number;
  /** Where the directions begin, canonical mm. */
  readonly center: Vec3;
  readonly outer: ProcessManifest;
  readonly thickness: ProcessManifest;
  readonly licence: string;
}

/**
 * Reads a shape prior as training writes it (`prior/shape_prior_file.py`) and verifies its hash.
 *
 * The file holds, one after the other: the domain and the weights (0 to 255) as bytes of every cell; for the outer
 * radius (mm) and for the logarithm of the thickness the means, the components, component by component, and the spread
 * as little-endian int16 of the domain's cells.
 *
 * @throws CranioplastyError `model-unavailable`, `model-tampered`, `model-invalid`
 */
export async function loadShapePrior(
  source: ModelSource,
  manifest: ShapePriorManifest,
): Promise<ShapePrior> {
  const bytes = await readVerified(source, manifest.file, manifest.sha256);
  const { rows, columns, cells } = manifest;
  const all = rows * columns;
  const values = [manifest.outer, manifest.thickness].reduce(
    (n, p) => n + 1 + p.components + (p.spreadScale === undefined ? 0 : 1),
    0,
  );
  if (bytes.byteLength !== 2 * all + 2 * cells * values) throw damaged();
  const domain = bytes.subarray(0, all);
  let inside = 0;
  for (let i = 0; i < all; i++) inside += domain[i];
  if (inside !== cells) throw damaged();
  const weight = Float64Array.from(bytes.subarray(all, 2 * all), (b) => b / 255);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2 * all;
  const read = (p: ProcessManifest): GaussianProcess => {
    const mean = new Float64Array(cells);
    for (let i = 0; i < cells; i++, at += 2) mean[i] = view.getInt16(at, true) * p.meanScale;
    const loadings = new Float64Array(cells * p.components);
    for (let c = 0; c < p.components; c++)
      for (let i = 0; i < cells; i++, at += 2)
        loadings[i * p.components + c] = view.getInt16(at, true) * p.componentsScale;
    const spread = new Float64Array(cells).fill(1);
    if (p.spreadScale !== undefined)
      for (let i = 0; i < cells; i++, at += 2) spread[i] = view.getInt16(at, true) * p.spreadScale;
    const { components, kernels, noise } = p;
    return { mean, components, loadings, spread, kernels, noise };
  };
  const outer = read(manifest.outer);
  const thickness = read(manifest.thickness);
  const grid = { rows, columns, centre: manifest.center };
  return shapePriorOf(grid, domain, weight, outer, thickness);
}

function damaged(): CranioplastyError {
  return new CranioplastyError('model-invalid', why('error.shape-prior'));
}
