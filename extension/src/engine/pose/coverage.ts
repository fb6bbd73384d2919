import { CranioplastyError } from '../space/errors.ts';
import type { Grid } from '../space/grid.ts';
import { patientToIndex } from '../space/grid.ts';
import type { RigidTransform } from '../space/transform.ts';
import { applyRigid, invertRigid } from '../space/transform.ts';
import type { Atlas } from './atlas.ts';

/** The vault counts from this height on, canonical mm. */
const vaultFrom = 40;
/** Points this deep under the mean outer surface must be inside the scan, mm: leaves room for small heads. */
const depth: readonly [number, number] = [6, 12];
/** Share of the vault that may be missing. */
const mayBeMissing = 0.01;

/**
 * Checks that the scan covers the whole vault, from where the mean skull says that it should be.
 * A skull that is cut off would be taken for one with a defect.
 *
 * @throws CranioplastyError `skull-incomplete`
 */
export function assertVaultCovered(native: Grid, toCanonical: RigidTransform, atlas: Atlas): void {
  const { outer } = atlas;
  const back = invertRigid(toCanonical);
  const [nx, ny, nz] = outer.size;
  let inside = 0;
  let outside = 0;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        const z = outer.origin[2] + k * outer.spacing;
        const d = -outer.distance[p];
        if (z < vaultFrom || d < depth[0] || d > depth[1]) continue;
        const x = outer.origin[0] + i * outer.spacing;
        const y = outer.origin[1] + j * outer.spacing;
        const index = patientToIndex(native, applyRigid(back, [x, y, z]));
        if (index.every((v, a) => v > -0.5 && v < native.size[a] - 0.5)) inside++;
        else outside++;
      }
  if (outside > mayBeMissing * (inside + outside)) {
    throw new CranioplastyError(
      'skull-incomplete',
      'The scan does not cover the whole vault: choose a series in which the skull is not cut off.',
    );
  }
}
