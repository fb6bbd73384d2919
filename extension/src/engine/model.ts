import { readJson } from './atlas.ts';
import { CranioplastyError } from './errors.ts';
import type { ModelManifest, ModelSource } from './manifest.ts';
import { readVerified, sha256 } from './manifest.ts';
import type { InferenceBackend } from './types.ts';

/** A model whose files are in memory and match their hashes. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly coarse: Uint8Array;
  readonly fine: Uint8Array;
  readonly golden: Uint8Array;
  /** SHA-256 over both networks' hashes: names the weights in reports and SEG. */
  readonly hash: string;
}

/**
 * Reads a model's manifest, networks and golden pair, and verifies every hash.
 * @param source the folder of the model
 * @throws CranioplastyError `model-unavailable`, `model-tampered`, `model-invalid`
 */
export async function loadModel(source: ModelSource): Promise<LoadedModel> {
  const manifest = await readJson<ModelManifest>(source, 'model.json');
  assertManifest(manifest);
  const [coarse, fine, golden] = await Promise.all(
    [manifest.coarse, manifest.fine, manifest.golden].map((f) =>
      readVerified(source, f.file, f.sha256),
    ),
  );
  const hash = await sha256(
    new TextEncoder().encode(manifest.coarse.sha256 + manifest.fine.sha256),
  );
  return { manifest, coarse, fine, golden, hash };
}

/** Refuses a manifest whose sizes do not fit together. */
function assertManifest(manifest: ModelManifest): void {
  const { canonicalGrid, coarse, fine } = manifest;
  const factor = coarse?.spacing / canonicalGrid?.spacing;
  const cubic = (shape: readonly number[] | undefined, channels: number): boolean =>
    shape?.length === 5 &&
    shape[0] === 1 &&
    shape[1] === channels &&
    shape[2] === shape[3] &&
    shape[3] === shape[4];
  const ok =
    Number.isInteger(canonicalGrid?.size) &&
    cubic(coarse?.input?.shape, 2) &&
    cubic(fine?.input?.shape, 3) &&
    Math.abs(factor - Math.round(factor)) < 1e-6 &&
    coarse.input.shape[4] * Math.round(factor) === canonicalGrid.size &&
    fine.stride > 0 &&
    fine.stride <= fine.input.shape[4];
  if (!ok) {
    throw new CranioplastyError(
      'model-invalid',
      'The model manifest does not describe a usable cascade: install the model again.',
    );
  }
}

/**
 * Loads both networks into a backend and runs the golden pair, which catches a backend that
 * computes wrong values without an error.
 * @throws CranioplastyError `inference-failed`
 */
export async function checkModel(model: LoadedModel, backend: InferenceBackend): Promise<void> {
  await backend.load('coarse', model.coarse);
  await backend.load('fine', model.fine);
  const { golden } = model.manifest;
  const network = model.manifest[golden.network];
  const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(
    model.golden.buffer.slice(
      model.golden.byteOffset,
      model.golden.byteOffset + model.golden.byteLength,
    ),
  );
  const inputs = count(network.input.shape);
  const patch = count(network.outputs.patch.shape);
  const outputs = await backend.run(golden.network, {
    [network.input.name]: { dims: network.input.shape, data: values.slice(0, inputs) },
  });
  const expected = {
    patch: values.subarray(inputs, inputs + patch),
    implant: values.subarray(inputs + patch, inputs + 2 * patch),
  };
  let worst = 0;
  for (const shape of ['patch', 'implant'] as const) {
    const got = outputs[network.outputs[shape].name]?.data;
    if (got?.length !== expected[shape].length) worst = Infinity;
    else
      for (let i = 0; i < got.length; i++) {
        const difference = Math.abs(got[i] - expected[shape][i]);
        if (!(difference <= worst)) worst = difference;
      }
  }
  if (!(worst <= golden.tolerance)) {
    throw new CranioplastyError(
      'inference-failed',
      `The ${backend.provider} device computes wrong values (off by ${worst.toPrecision(2)}): use another device or update its driver.`,
    );
  }
}
