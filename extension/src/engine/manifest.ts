import { CranioplastyError } from './errors.ts';

/** A named tensor of a network; shape [1, C, D(z), H(y), W(x)]. */
export interface TensorManifest {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What a channel of either network's input may hold. What is "fitted" is the work of `continuation.ts`. */
export const headChannels = ['skull', 'skull mirrored and fitted', 'mean skull fitted'] as const;
/** And one of the fine network's. */
export const inputChannels = [...headChannels, 'coarse patch', 'coarse implant'] as const;
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
}

/** Where a model's files come from; the host (browser, Node) supplies it. */
export interface ModelSource {
  /** Reads one file of the model's folder. Rejects if it cannot be read. */
  read(file: string): Promise<Uint8Array>;
}

/** SHA-256 in lower-case hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes as BufferSource);
  return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * Reads a file of a model and compares it with the hash in the manifest.
 * @throws CranioplastyError `model-tampered` on a mismatch, `model-unavailable` if it cannot be read.
 */
export async function readVerified(
  source: ModelSource,
  file: string,
  expected: string,
): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await source.read(file);
  } catch (cause) {
    throw new CranioplastyError(
      'model-unavailable',
      `The model file ${file} could not be loaded: check the installation and the connection, then try again.`,
      { cause },
    );
  }
  if ((await sha256(bytes)) !== expected) {
    throw new CranioplastyError(
      'model-tampered',
      `The model file ${file} does not match the hash in its manifest and will not be run: install the model again.`,
    );
  }
  return bytes;
}
