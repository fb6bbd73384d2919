import type { CtVolume, Mask } from '../engine/space/volume.ts';
import type { Comparison } from '../engine/judge/comparison.ts';
import type { FitError } from '../engine/judge/fitError.ts';
import type { Rehearsal } from '../engine/rehearsal.ts';
import type { RigidTransform } from '../engine/space/transform.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { Progress } from '../engine/progress.ts';
import type { ProviderName } from '../engine/cascade/backend.ts';
import type { Reconstruction } from '../engine/reconstruction.ts';
import type { WireError } from './wireError.ts';

/**
 * What the page and the inference worker say to each other. Every message belongs to one job, by
 * its id: an answer to a job that is no longer wanted is recognised and dropped.
 */

/** Providers that a browser can offer, best first. */
export const browserProviders = ['webgpu', 'wasm-threads', 'wasm'] as const;
export type BrowserProvider = (typeof browserProviders)[number] & ProviderName;

/** Absolute addresses, all on the page's own origin: a worker has no document to resolve against. */
export interface WorkerEnvironment {
  /** Folder of ONNX Runtime's `.mjs` and `.wasm` files, with a trailing slash; the worker's own if absent. */
  readonly runtimeUrl?: string;
  /** Folder that holds `<model>/model.json` and `atlas/`, with a trailing slash. */
  readonly modelsUrl: string;
  /** Threads of the WASM provider; the number of cores if absent. */
  readonly threads?: number;
  /**
   * Accept a WebGPU adapter that is emulated on the CPU. It is many times slower than WASM, so it is
   * passed over outside tests.
   */
  readonly allowSoftwareAdapter?: boolean;
}

export interface SegmentBoneJob {
  readonly kind: 'segment-bone';
  readonly id: number;
  readonly ct: CtVolume;
  /** Hounsfield units; the engine's own choice if absent. */
  readonly threshold?: number;
}

/** Display surface of a mask. */
export interface SurfaceJob {
  readonly kind: 'surface';
  readonly id: number;
  readonly mask: Mask;
}

/** What runs the networks. */
export interface NetworkJob {
  readonly id: number;
  readonly skull: Mask;
  readonly model: string;
  readonly method: 'network' | 'mirror';
  /** The one provider to use; mirroring needs none. Falling back is the client's business: it takes a fresh worker. */
  readonly provider: BrowserProvider;
  readonly environment: WorkerEnvironment;
}

export interface ReconstructJob extends NetworkJob {
  readonly kind: 'reconstruct';
}

/** Repeats a reconstruction on the intact side of the skull. */
export interface RehearseJob extends NetworkJob {
  readonly kind: 'rehearse';
  readonly patch: Mask;
  readonly toCanonical: RigidTransform;
}

/** Judges a patch against a reference, or against the opposite side. */
export interface FitErrorJob {
  readonly kind: 'fit-error';
  readonly id: number;
  readonly skull: Mask;
  readonly patch: Mask;
  readonly implant: Mask;
  readonly reference?: Mask;
  readonly toCanonical: RigidTransform;
  readonly environment: WorkerEnvironment;
}

/** Compares two shapes of one case. */
export interface CompareJob {
  readonly kind: 'compare';
  readonly id: number;
  readonly first: Mask;
  readonly second: Mask;
  readonly toCanonical: RigidTransform;
  readonly environment: WorkerEnvironment;
}

/** Leaves a piece of a patch out of a reconstruction. */
export interface LeaveOutPieceJob {
  readonly kind: 'leave-out-piece';
  readonly id: number;
  readonly reconstruction: Reconstruction;
  /** Number in `reconstruction.pieces`. */
  readonly piece: number;
  readonly environment: WorkerEnvironment;
}

export type Job =
  | SegmentBoneJob
  | SurfaceJob
  | ReconstructJob
  | RehearseJob
  | LeaveOutPieceJob
  | FitErrorJob
  | CompareJob;

/** What runs the networks, in words for the panel and in figures for the report. */
export interface ProviderReport {
  readonly provider: BrowserProvider;
  /** Name of the GPU, or number of threads. */
  readonly description: string;
  /** Limits of the WebGPU adapter that matter to volumes, bytes. */
  readonly limits?: Readonly<Record<string, number>>;
  readonly features?: readonly string[];
}

export type Reply =
  /** The provider is up and has loaded nothing yet. */
  | { readonly kind: 'provider'; readonly id: number; readonly report: ProviderReport }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'skull'; readonly id: number; readonly skull: Mask }
  | { readonly kind: 'surface'; readonly id: number; readonly mesh: Mesh }
  | { readonly kind: 'rehearsal'; readonly id: number; readonly rehearsal: Rehearsal }
  | { readonly kind: 'fit-error'; readonly id: number; readonly fit: FitError }
  | { readonly kind: 'comparison'; readonly id: number; readonly comparison: Comparison }
  | {
      readonly kind: 'reconstruction';
      readonly id: number;
      readonly reconstruction: Reconstruction;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WireError };

/** Buffers of a reply that can change hands instead of being copied. */
export function transferables(reply: Reply): ArrayBuffer[] {
  const views: ArrayBufferView[] = [];
  if (reply.kind === 'skull') views.push(reply.skull.data);
  if (reply.kind === 'surface') views.push(reply.mesh.positions, reply.mesh.triangles);
  if (reply.kind === 'fit-error') {
    const { mesh, curvature, distance, thickness } = reply.fit;
    views.push(mesh.positions, mesh.triangles, curvature, distance);
    views.push(thickness.mesh.positions, thickness.mesh.triangles, thickness.perVertex);
  }
  if (reply.kind === 'comparison') {
    for (const { mesh, beyond } of [reply.comparison.first, reply.comparison.second])
      views.push(mesh.positions, mesh.triangles, beyond);
  }
  if (reply.kind === 'reconstruction') {
    const { skullMesh, agreement } = reply.reconstruction;
    views.push(skullMesh.positions, skullMesh.triangles);
    if (agreement) views.push(agreement.perVertex);
    for (const shape of [reply.reconstruction.patch, reply.reconstruction.implant]) {
      views.push(shape.mask.data, shape.mesh.positions, shape.mesh.triangles);
    }
  }
  const buffers = new Set<ArrayBuffer>();
  for (const view of views) {
    if (view.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  }
  return [...buffers];
}
