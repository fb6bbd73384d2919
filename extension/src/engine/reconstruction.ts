/** What a reconstruction needs and what it gives. */

import type { Agreement } from './cascade/agreement.ts';
import type { InferenceBackend, ProviderName } from './cascade/backend.ts';
import type { LoadedModel, LoadedPrior } from './cascade/model.ts';
import type { Crew } from './crew/Crew.ts';
import type { Alignment } from './pose/align.ts';
import type { PreparedSkull } from './preparedSkull.ts';
import type { Atlas } from './pose/atlas.ts';
import type { Alternative } from './prior/shapePrior.ts';
import type { RunControl, Stage } from './progress.ts';
import type { ShapeMeasurements } from './shape/measure.ts';
import type { PatchPiece } from './shape/pieces.ts';
import type { Mask } from './space/volume.ts';
import type { Mesh } from './surface/mesh.ts';
import type { VertexLengths } from './surface/perVertex.ts';
import type { ReconstructionWarning } from './warnings.ts';

/** Ways to reconstruct: the cascade; what continues the skull without a network; the mirrored skull. */
export const methods = ['network', 'continuation', 'mirror'] as const;
export type MethodName = (typeof methods)[number];

/** What every reconstruction needs. */
interface BaseRequest extends RunControl {
  /** Defective skull on its native grid. */
  readonly skull: Mask;
  /**
   * Whether the results may reach beyond the skull's grid. A skull that was saved with the least extent that
   * holds it has no room for the bone that it lacks.
   */
  readonly mayGrow?: boolean;
  readonly atlas: Atlas;
  /** Another shape than the expected one; for methods and models with a shape prior. */
  readonly alternative?: Alternative;
  /** Threads beside that share the work; all of it is the caller's if absent. */
  readonly crew?: Crew;
}

/** A reconstruction by the cascade. */
export interface CascadeRequest extends BaseRequest {
  readonly method?: 'network';
  readonly model: LoadedModel;
  readonly backend: InferenceBackend;
  /** The backend already holds this model's networks and passed the golden check. */
  readonly modelChecked?: boolean;
  /** The same skull, made ready for the same model before. */
  readonly prepared?: PreparedSkull;
}

/**
 * Without a network, model or device: the mirrored skull as baseline and fallback, or what the networks
 * are given as it is.
 */
export interface MirrorRequest extends BaseRequest {
  readonly method: Exclude<MethodName, 'network'>;
  /** For `continuation`; the mean skull alone if absent. */
  readonly prior?: LoadedPrior;
}

export type ReconstructRequest = CascadeRequest | MirrorRequest;

export interface ReconstructedShape {
  /** On the native grid of the input skull, or on that of `grown`. */
  readonly mask: Mask;
  /** Surface of the probability field, patient LPS mm. */
  readonly mesh: Mesh;
  readonly measurements: ShapeMeasurements;
}

export interface Reconstruction {
  readonly method: MethodName;
  readonly alternative: Alternative;
  readonly patch: ReconstructedShape;
  readonly implant: ReconstructedShape;
  /** Pieces of the patch, largest first. */
  readonly pieces: readonly PatchPiece[];
  /** The input skull on the grid of the shapes, where those reach beyond its own. */
  readonly grown?: Mask;
  /** Display surface of the input skull, patient LPS mm. */
  readonly skullMesh: Mesh;
  readonly alignment: Alignment;
  /** Absent for the mirrored baseline. */
  readonly agreement?: Agreement;
  /** How sure the shape prior of the model is of the outer surface: its standard deviation over the patch. */
  readonly deviation?: VertexLengths;
  /** How unlike the heads that the shape prior was learned from the bone is: about 1 for one of them. */
  readonly unlikeness?: number;
  readonly warnings: readonly ReconstructionWarning[];
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly hash: string;
    /** SPDX identifier of the weights' licence, and the restriction of use that it brings with it. */
    readonly licence?: string;
    readonly use?: string;
  };
  /** Absent for the mirrored baseline, which runs no network. */
  readonly provider?: ProviderName;
  /** Fine windows that were run. */
  readonly windows: number;
  /** Milliseconds per stage. */
  readonly timings: Readonly<Partial<Record<Stage, number>>>;
}
