import type { ShapePriorManifest } from '../prior/shapePriorFile.ts';

/** A named tensor of a network; shape [1, C, D(z), H(y), W(x)]. */
export interface TensorManifest {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * What a channel of either network's input may hold, as training names it (`cascade/model.py`; `export/command.py`
 * writes the manifest). What is "fitted" is the work of `continuation.ts`.
 */
export const headChannels = [
  'skull',
  'skull mirrored and fitted',
  'mean skull fitted',
  'shape prior',
] as const;
/** And one of the fine network's. */
export const inputChannels = [
  ...headChannels,
  'shape prior distance',
  'coarse patch',
  'coarse implant',
] as const;
export type InputChannel = (typeof inputChannels)[number];

/** The input of a network: what each of its channels holds, in order. */
export interface InputManifest extends TensorManifest {
  readonly channels: readonly InputChannel[];
}

/** One network of the cascade, as `model.json` states it. */
export interface NetworkManifest {
  readonly file: string;
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** Edge of a network voxel, mm. */
  readonly spacing: number;
  /** Edge of the input, voxels. */
  readonly window: number;
  /** One tensor. */
  readonly inputs: readonly InputManifest[];
  /** Named `patch` and `implant`. */
  readonly outputs: readonly TensorManifest[];
}

/** A small tensor stored as gzipped bytes: value = byte · scale. */
export interface StoredTensor {
  readonly file: string;
  readonly sha256: string;
  readonly scale: number;
  readonly shape: readonly number[];
}

/** An input of a network and what it must give. */
export interface GoldenPair {
  readonly input: StoredTensor;
  readonly patch: StoredTensor;
  readonly implant: StoredTensor;
  /** Largest difference that passes. */
  readonly tolerance: number;
}

export type NetworkName = 'coarse' | 'fine';

/** What a model was made with: a file of its own folder, or of one beside it ("../atlas/atlas.json"). */
export interface OriginManifest {
  readonly file: string;
  readonly sha256: string;
  /** SPDX identifier. */
  readonly licence: string;
}

/** `models/<name>/model.json`, as far as the engine reads it. */
export interface ModelManifest {
  readonly name: string;
  readonly version: string;
  /** Cubic canonical grid on which the fine network works: voxels along an edge and their size in mm. */
  readonly canonicalGrid: { readonly size: number; readonly spacing: number };
  readonly networks: {
    readonly coarse: NetworkManifest;
    readonly fine: NetworkManifest & {
      /** Suggested distance between neighbouring windows, voxels. */
      readonly stride: number;
    };
  };
  readonly golden: Readonly<Record<NetworkName, GoldenPair>>;
  readonly implant: { readonly thicknessMm: number; readonly clearanceMm: number };
  /** The mean skull in whose frame the networks see a skull, as its JSON file; that names and hashes the rest. */
  readonly atlas: OriginManifest & { readonly name: string; readonly version: string };
  /** The mean skull as bone, a file of that atlas. */
  readonly meanBone: OriginManifest;
  /** What the model knows of the shape of skulls beside its networks. */
  readonly shapePrior?: ShapePriorManifest;
  /** SPDX identifier of the weights' licence. */
  readonly licence?: string;
  /** Restriction of use that the licence brings with it, to be shown wherever the model's results are. */
  readonly use?: string;
  readonly attribution?: string;
}
