import type { Vec3 } from './grid.ts';
import type { Mask } from './volume.ts';
import type { RigidTransform } from './transform.ts';

/** A triangle mesh in patient LPS mm, wound counter-clockwise seen from outside. */
export interface Mesh {
  /** x, y, z of each vertex, mm. */
  readonly positions: Float32Array;
  /** Three vertex numbers a triangle. */
  readonly triangles: Uint32Array;
}

/** The stages of a reconstruction, in the order in which they run. */
export const stages = [
  'load-model',
  'align',
  'resample',
  'coarse',
  'fine',
  'postprocess',
  'restore',
  'surfaces',
  'measure',
] as const;
export type Stage = (typeof stages)[number];

/** Where a reconstruction stands. `fraction` runs from 0 to 1 over the whole run. */
export interface Progress {
  readonly stage: Stage;
  readonly fraction: number;
  /** Fine windows done and in all; present during stage `fine`. */
  readonly window?: { readonly done: number; readonly total: number };
}

export type ProviderName = 'webgpu' | 'wasm-threads' | 'wasm' | 'cpu';

/**
 * What runs a network, wherever it runs. Tensors are float32, row-major in the network's own
 * shape [1, C, D(z), H(y), W(x)], batch 1.
 */
export interface InferenceBackend {
  readonly provider: ProviderName;
  /** Loads a network from verified ONNX bytes. */
  load(name: 'coarse' | 'fine', onnx: Uint8Array): Promise<void>;
  /** Runs it: named input tensors in, named output tensors out. */
  run(name: 'coarse' | 'fine', inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  /** Frees device memory. */
  release(): Promise<void>;
}

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Probability from which on a voxel belongs to a shape. */
export const shapeThreshold = 0.5;
/** Probability below which a network has not even considered a voxel: nothing else may fill it. */
export const consideredFrom = 0.05;

/** How the skull came to lie in the canonical frame. */
export interface Alignment {
  /** Patient LPS mm → canonical mm. Rigid, never mirrored. */
  readonly toCanonical: RigidTransform;
  /** Robust mean distance of the outer surface from the fitted atlas, mm. */
  readonly residual: number;
  /** Axis scales of the atlas fit; 1 is the mean skull. For plausibility checks only. */
  readonly scales: readonly [number, number, number];
}

/** Measurements of one shape. */
export interface ShapeMeasurements {
  /** Volume, ml. */
  readonly volume: number;
  /** Area of the outer surface, cm². */
  readonly outerArea: number;
  /** Mean and greatest thickness, mm. */
  readonly meanThickness: number;
  readonly maxThickness: number;
  /** Largest extent, mm. */
  readonly extent: number;
}

export type WarningCode =
  | 'poor-alignment'
  | 'unusual-skull'
  | 'touches-volume-edge'
  | 'several-defects'
  | 'piece-left-out'
  | 'small-openings'
  | 'not-closed'
  | 'low-confidence'
  | 'poor-rehearsal'
  | 'fell-back'
  | 'mirrored-baseline';

/** Something the user must know before trusting the result; one sentence. */
export interface ReconstructionWarning {
  readonly code: WarningCode;
  readonly message: string;
}

export interface ReconstructedShape {
  /** On the native grid of the input skull. */
  readonly mask: Mask;
  /** Surface of the probability field, patient LPS mm. */
  readonly mesh: Mesh;
  readonly measurements: ShapeMeasurements;
}

/**
 * How far the run on the head and the run on its mirror image agree about the patch: a measure of
 * how sure the network is, available where there is no truth to compare with.
 */
export interface Agreement {
  /** Overlap of both patches, 0 to 1. */
  readonly dice: number;
  /** Distance between both surfaces over the patch's surface, mean and 95th percentile, mm. */
  readonly mean: number;
  readonly p95: number;
  /** The same at every vertex of the patch's mesh, mm. */
  readonly perVertex: Float32Array;
}

/** One of the separate pieces of a patch. */
export interface PatchPiece {
  /** Volume, ml. */
  readonly volume: number;
  /** A voxel of it near its middle, patient LPS mm. */
  readonly middle: Vec3;
}

export interface Reconstruction {
  readonly patch: ReconstructedShape;
  readonly implant: ReconstructedShape;
  /** Pieces of the patch, largest first. */
  readonly pieces: readonly PatchPiece[];
  /** Display surface of the input skull, patient LPS mm. */
  readonly skullMesh: Mesh;
  readonly alignment: Alignment;
  /** Absent for the mirrored baseline. */
  readonly agreement?: Agreement;
  readonly warnings: readonly ReconstructionWarning[];
  readonly model: { readonly name: string; readonly version: string; readonly hash: string };
  /** Absent for the mirrored baseline, which runs no network. */
  readonly provider?: ProviderName;
  /** Fine windows that were run. */
  readonly windows: number;
  /** Milliseconds per stage. */
  readonly timings: Readonly<Partial<Record<Stage, number>>>;
}
