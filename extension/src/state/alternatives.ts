import type { ComparedShape } from '../engine/judge/comparison.ts';
import type { Alternative } from '../engine/prior/shapePrior.ts';
import type { ReconstructedShape, Reconstruction } from '../engine/reconstruction.ts';
import type { Grid } from '../engine/space/grid.ts';
import type { ProviderReport } from '../worker/protocol.ts';
import type { ResultShape } from './shapes.ts';

/** The shapes that go with one bone, as they stand side by side. */
export const alternativesInOrder = [
  'flatter',
  'expected',
  'fuller',
] as const satisfies readonly Alternative[];

/** What is said of a reconstruction, without the voxels of its shapes. */
export type BareReconstruction = Omit<Reconstruction, ResultShape> &
  Readonly<Record<ResultShape, Omit<ReconstructedShape, 'mask'>>>;

/** A reconstruction of which nothing was changed, kept: voxels by their index, not whole volumes. */
export interface ComputedAlternative {
  readonly alternative: Alternative;
  readonly reconstruction: BareReconstruction;
  /** Of both shapes. */
  readonly grid: Grid;
  readonly voxels: Readonly<Record<ResultShape, Uint32Array>>;
  /** Absent where no network ran. */
  readonly provider?: ProviderReport;
  /** Milliseconds that its run took, where that is known. */
  readonly elapsed?: number;
  /** How its patch differs from the expected one, which has none. */
  readonly difference?: {
    readonly shape: ComparedShape;
    /** Mean distance of both surfaces, mm. */
    readonly meanDistance: number;
  };
}

/** Which of several runs one is. */
export interface RunOfSeveral {
  readonly alternative: Alternative;
  /** From 1. */
  readonly number: number;
  readonly count: number;
}
