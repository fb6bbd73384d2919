import type { Alternative } from '../engine/prior/shapePrior.ts';
import type { ProviderName } from '../engine/cascade/backend.ts';
import type { Comparison, ComparisonRequest } from '../engine/judge/comparison.ts';
import type { FitError, FitErrorRequest } from '../engine/judge/fitError.ts';
import type { DesignRequest } from '../engine/implant/context.ts';
import type { DesignedImplant } from '../engine/implant/design.ts';
import type { ImplantParameters } from '../engine/implant/parameters.ts';
import type { SurfaceMaps } from '../engine/implant/surfaceMaps.ts';
import type { Alignment } from '../engine/pose/align.ts';
import type { Progress } from '../engine/progress.ts';
import type { MethodName, ReconstructedShape, Reconstruction } from '../engine/reconstruction.ts';
import type { Rehearsal } from '../engine/rehearsal.ts';
import type { Remeasured } from '../engine/remeasure.ts';
import type { RigidTransform } from '../engine/space/transform.ts';
import type { CtVolume, Mask } from '../engine/space/volume.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { PictureToDraw } from '../pictures/drawPictures.ts';
import type { Raster } from '../pictures/raster.ts';
import type { WireError } from './wireError.ts';

/** Providers that a browser can offer, best first. */
export const browserProviders = ['webgpu', 'wasm-threads', 'wasm'] as const;
export type BrowserProvider = (typeof browserProviders)[number] & ProviderName;

/** The part of `Worker` that the page's side uses. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

/** Absolute addresses, all on the page's own origin: a worker has no document to resolve against. */
export interface WorkerEnvironment {
  /** Folder of ONNX Runtime's `.js` and `.wasm` files and of `manifold.wasm`, with a trailing slash; the worker's own if absent. */
  readonly runtimeUrl?: string;
  /** Folder that holds `<model>/model.json` and `atlas/`, the atlas of what needs no model, with a trailing slash. */
  readonly modelsUrl: string;
  /** Threads of the WASM provider; the number of cores if absent. */
  readonly threads?: number;
  /**
   * Accept a WebGPU adapter that is emulated on the CPU. It is many times slower than WASM, so it is
   * passed over outside tests.
   */
  readonly allowSoftwareAdapter?: boolean;
}

/** Skulls of more voxels (400 slices of 512²) are neither made ready ahead nor kept: they leave no memory for it. */
export const mostVoxelsAhead = 105e6;

/** Which networks, and what runs them. */
export interface NetworkChoice {
  readonly model: string;
  /** The one provider to use; only `network` needs one. Falling back is the client's business: it takes a fresh worker. */
  readonly provider: BrowserProvider;
  /** Golden checks that passed in this session: they are not run again. */
  readonly checked: readonly string[];
}

/** Tells apart what a worker can hold: the networks of one model on one provider. */
export const networksName = ({ model, provider }: Pick<NetworkChoice, 'model' | 'provider'>) =>
  `${provider}: ${model}`;

export interface NetworkJob extends NetworkChoice {
  readonly skull: Mask;
  /** The same for the same voxels, for as long as the page is open. */
  readonly skullId?: string;
  readonly method: MethodName;
  readonly alternative?: Alternative;
}

/** A skull to be made ready for the networks that were loaded ahead. */
export interface PrepareJob extends Required<Pick<NetworkJob, 'skull' | 'skullId'>> {
  readonly alternative: Alternative;
}

export interface RehearseJob extends NetworkJob {
  readonly patch: Mask;
  readonly toCanonical: RigidTransform;
}

/** The patch that an implant is for. */
export interface PatchJob {
  /** As the last time if absent, which saves most of the time. */
  readonly from?: Omit<DesignRequest, 'toCanonical'>;
  /** Patient LPS mm → canonical mm. */
  readonly toCanonical: RigidTransform;
}

export interface DesignJob extends PatchJob {
  /** Complete and checked. */
  readonly parameters: ImplantParameters;
}

export interface MapJob extends PatchJob {
  readonly design: Pick<DesignedImplant, 'parameters' | 'axis' | 'meshes' | 'mask'>;
}

/** A designed implant, and the same as a shape beside the patch. */
export interface ImplantDesign {
  readonly implant: DesignedImplant;
  readonly shape: ReconstructedShape;
}

/** What the page can ask for: a line here and a function in `runJob.ts` each. */
export interface Work {
  /** `threshold` in Hounsfield units; the engine's own choice if absent. */
  segmentBone: { job: { readonly ct: CtVolume; readonly threshold?: number }; result: Mask };
  /** The pose of a skull in the canonical frame. */
  align: { job: { readonly skull: Mask }; result: Alignment };
  /** Display surface of a mask; thinned out to cells of `cell` mm where that is given. */
  surface: { job: { readonly mask: Mask; readonly cell?: number }; result: Mesh };
  /** Judges a patch against a reference, or against the opposite side. */
  fitError: { job: Omit<FitErrorRequest, 'atlas'>; result: FitError };
  /** Compares two shapes of one case. */
  compare: { job: Omit<ComparisonRequest, 'atlas'>; result: Comparison };
  /** The reconstruction without one piece of its patch, by its number in `reconstruction.pieces`. */
  leaveOutPiece: {
    job: { readonly reconstruction: Reconstruction; readonly piece: number };
    result: Reconstruction;
  };
  /** Surface and figures of a shape that was edited. */
  remeasure: {
    job: { readonly mask: Mask; readonly toCanonical: RigidTransform };
    result: Remeasured;
  };
  /** Designs an implant for a patch. */
  designImplant: { job: DesignJob; result: ImplantDesign };
  /** Measures thickness and gap on the surface of a stored design. */
  mapImplant: { job: MapJob; result: SurfaceMaps };
  /** A shape's surface with as few triangles as its file needs. */
  lighten: { job: { readonly mesh: Mesh }; result: Mesh };
  /** Pictures of surfaces, for documents. */
  draw: { job: { readonly pictures: readonly PictureToDraw[] }; result: Raster[] };
  /** Loads and checks networks for the worker's next job, and keeps them until then. */
  loadNetworks: { job: NetworkChoice; result: ProviderReport };
  /** Finds what needs no network of the skull that they will be run on, and keeps it with them. */
  prepareSkull: { job: PrepareJob; result: Pick<PrepareJob, 'skullId'> };
  reconstruct: { job: NetworkJob; result: Reconstruction };
  /** Repeats a reconstruction on the intact side of the skull. */
  rehearse: { job: RehearseJob; result: Rehearsal };
}

/** What runs the networks, in words for the panel and in figures for the report. */
export interface ProviderReport {
  readonly provider: BrowserProvider;
  /** Name of the GPU, or number of threads. */
  readonly description: string;
  /** Limits of the WebGPU adapter that matter to volumes, bytes. */
  readonly limits?: Readonly<Record<string, number>>;
  readonly features?: readonly string[];
}

/** The page's one message: what is wanted. */
export interface Question<Kind extends keyof Work = keyof Work> {
  readonly kind: Kind;
  readonly job: Work[Kind]['job'];
  readonly environment: WorkerEnvironment;
}

/** A message of the worker. The one with the result or the error is the last. */
export interface Reply<Kind extends keyof Work = keyof Work> {
  readonly progress?: Progress;
  /** The provider is up and has loaded nothing yet. */
  readonly provider?: ProviderReport;
  /** A golden check that passed, by device and model. */
  readonly checked?: string;
  readonly result?: Work[Kind]['result'];
  /** With a result: the worker holds on to its networks. */
  readonly kept?: boolean;
  readonly error?: WireError;
}
