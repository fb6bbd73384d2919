import type { Atlas } from '../pose/atlas.ts';
import type { ShapePrior } from '../prior/shapePrior.ts';
import { loadShapePrior } from '../prior/shapePriorFile.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { ModelSource } from '../space/files.ts';
import { readJson, readVerified, sha256 } from '../space/files.ts';
import { scaled } from '../space/voxels.ts';
import type { InferenceBackend, Tensor } from './backend.ts';
import type {
  InputChannel,
  ModelManifest,
  NetworkManifest,
  NetworkName,
  StoredTensor,
} from './manifest.ts';
import { headChannels, inputChannels } from './manifest.ts';
import { loadOrigins } from './origins.ts';
import { why } from '../words/errorSentences.ts';

const networkNames = ['coarse', 'fine'] as const satisfies readonly NetworkName[];
const shapeNames = ['patch', 'implant'] as const;

/** An input of a network and its outputs, in memory; training writes them (`export/golden.py`). */
export interface LoadedGolden {
  readonly input: Tensor;
  readonly patch: Tensor;
  readonly implant: Tensor;
}

/** A model whose files are in memory and match their hashes. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly networks: Readonly<Record<NetworkName, Uint8Array>>;
  /** Unpacked when it is asked for: up to 70 MB, and wanted once. */
  readonly golden: Readonly<Record<NetworkName, () => Promise<LoadedGolden>>>;
  /** What it was made with, and must be used with. */
  readonly atlas: Atlas;
  /** If the manifest names one. */
  readonly shapePrior?: ShapePrior;
  /**
   * SHA-256 over the hashes of both networks, the shape prior, the atlas and the mean bone: names in reports and SEG
   * what computed a result.
   */
  readonly hash: string;
}

/** The shape prior of a model, without its networks. */
export interface LoadedPrior {
  readonly manifest: Pick<ModelManifest, 'name' | 'version' | 'licence' | 'use'>;
  readonly shapePrior: ShapePrior;
  /** What it was made with. */
  readonly atlas: Atlas;
  /** SHA-256 over the hashes of the shape prior, the atlas and the mean bone. */
  readonly hash: string;
}

/**
 * Reads the shape prior of a model and the atlas that it was made with, and verifies their hashes.
 * @param source the folder of the model
 * @throws CranioplastyError `model-unavailable`, `model-tampered`, `model-invalid`; `bad-usage` if the model has none
 */
export async function loadPrior(source: ModelSource): Promise<LoadedPrior> {
  const manifest = await readJson<ModelManifest>(source, 'model.json');
  assertManifest(manifest);
  const { shapePrior: prior } = manifest;
  if (!prior) {
    throw new CranioplastyError('bad-usage', why('error.no-shape-prior', { model: manifest.name }));
  }
  const [atlas, shapePrior] = await Promise.all([
    loadOrigins(source, manifest),
    loadShapePrior(source, prior),
  ]);
  return { manifest, atlas, shapePrior, hash: await hashOf(manifest, []) };
}

/**
 * Reads a model's manifest, its networks, golden pairs and shape prior, and the atlas that it was made with, and
 * verifies every hash.
 * @param source the folder of the model
 * @throws CranioplastyError `model-unavailable`, `model-tampered`, `model-invalid`
 */
export async function loadModel(source: ModelSource): Promise<LoadedModel> {
  const manifest = await readJson<ModelManifest>(source, 'model.json');
  assertManifest(manifest);
  const network = (name: NetworkName): Promise<Uint8Array> =>
    readVerified(source, manifest.networks[name].file, manifest.networks[name].sha256);
  const golden = async (name: NetworkName): Promise<() => Promise<LoadedGolden>> => {
    const pair = manifest.golden[name];
    const stored = [pair.input, pair.patch, pair.implant];
    const packed = await Promise.all(
      stored.map(({ file, sha256: hash }) => readVerified(source, file, hash)),
    );
    return async () => {
      const [input, patch, implant] = await Promise.all(
        stored.map((tensor, t) => unpack(tensor, packed[t])),
      );
      return { input, patch, implant };
    };
  };
  const { networks, shapePrior: prior } = manifest;
  const [atlas, coarse, fine, coarseGolden, fineGolden, shapePrior] = await Promise.all([
    // First: a model that does not say what it was made with is refused in words of its own.
    loadOrigins(source, manifest),
    network('coarse'),
    network('fine'),
    golden('coarse'),
    golden('fine'),
    prior && loadShapePrior(source, prior),
  ]);
  return {
    manifest,
    atlas,
    networks: { coarse, fine },
    golden: { coarse: coarseGolden, fine: fineGolden },
    shapePrior,
    hash: await hashOf(manifest, [networks.coarse, networks.fine]),
  };
}

/** SHA-256 over the hashes of the networks that are given and of all that a model knows of shape. */
function hashOf(
  { shapePrior, atlas, meanBone }: ModelManifest,
  networks: readonly NetworkManifest[],
): Promise<string> {
  const parts = [...networks, ...(shapePrior ? [shapePrior] : []), atlas, meanBone];
  return sha256(new TextEncoder().encode(parts.map((part) => part.sha256).join('')));
}

async function unpack(stored: StoredTensor, packed: Uint8Array): Promise<Tensor> {
  const stream = new Blob([packed as BlobPart])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (bytes.length !== count(stored.shape)) throw unusable();
  return { dims: stored.shape, data: scaled(bytes, stored.scale) };
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function unusable(): CranioplastyError {
  return new CranioplastyError('model-invalid', why('error.manifest'));
}

const seesPrior = ({ inputs }: NetworkManifest): boolean =>
  inputs[0].channels.some((c) => c.startsWith('shape prior'));

/** Refuses a manifest whose sizes do not fit together. */
function assertManifest(manifest: ModelManifest): void {
  const { canonicalGrid, networks, golden } = manifest;
  const fits = (
    network: NetworkManifest | undefined,
    possible: readonly InputChannel[],
  ): boolean => {
    if (!network) return false;
    const channels = network.inputs?.[0]?.channels;
    if (!channels?.every((c) => possible.includes(c))) return false;
    const cube = (shape: readonly number[] | undefined, c: number): boolean =>
      shape?.join() === [1, c, network.window, network.window, network.window].join();
    return (
      network.inputs?.length === 1 &&
      cube(network.inputs[0].shape, channels.length) &&
      shapeNames.every((name) => cube(network.outputs?.find((o) => o.name === name)?.shape, 1))
    );
  };
  const coarse = networks?.coarse;
  const fine = networks?.fine;
  const factor = coarse?.spacing / canonicalGrid?.spacing;
  const ok =
    Number.isInteger(canonicalGrid?.size) &&
    fits(coarse, headChannels) &&
    fits(fine, inputChannels) &&
    (Boolean(manifest.shapePrior) || ![coarse, fine].some(seesPrior)) &&
    Math.abs(factor - Math.round(factor)) < 1e-6 &&
    coarse.window * Math.round(factor) === canonicalGrid.size &&
    fine.stride > 0 &&
    fine.stride <= fine.window &&
    manifest.implant?.clearanceMm >= 0 &&
    networkNames.every((name) => golden?.[name]?.tolerance > 0);
  if (!ok) throw unusable();
}

/**
 * Loads both networks into a backend that is known to compute this model right.
 * @throws CranioplastyError `inference-failed`
 */
export async function loadNetworks(model: LoadedModel, backend: InferenceBackend): Promise<void> {
  for (const name of networkNames) await backend.load(name, model.networks[name]);
}

/**
 * Loads both networks into a backend and runs their golden pairs, which catches a backend that
 * computes wrong values without an error.
 * @throws CranioplastyError `inference-failed`, `model-invalid` for a pair of another size than it says
 */
export async function checkModel(model: LoadedModel, backend: InferenceBackend): Promise<void> {
  for (const name of networkNames) {
    await backend.load(name, model.networks[name]);
    const { tolerance } = model.manifest.golden[name];
    const golden = await model.golden[name]();
    const input = model.manifest.networks[name].inputs[0].name;
    const outputs = await backend.run(name, { [input]: golden.input });
    let worst = 0;
    for (const shape of shapeNames) {
      const got = outputs[shape]?.data;
      const want = golden[shape].data;
      if (got?.length !== want.length) worst = Infinity;
      else
        for (let i = 0; i < got.length; i++) {
          const difference = Math.abs(got[i] - want[i]);
          // Written so that NaN fails too.
          if (!(difference <= worst)) worst = difference;
        }
    }
    if (!(worst <= tolerance)) {
      throw new CranioplastyError(
        'inference-failed',
        why('error.wrong-values', { provider: backend.provider, worst: worst.toPrecision(2) }),
      );
    }
  }
}
