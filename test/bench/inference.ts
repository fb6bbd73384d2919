/**
 * How long the networks of a model take on each provider, and how far each is from the CPU.
 *
 *     npm run bench:inference [-- MODEL ...]
 *
 * The manifest holds how far ONNX Runtime on the CPU is from PyTorch (`maxErrorAgainstTorch`). WebGPU
 * runs where there is a GPU.
 */
import { modelSource } from '../../cli/src/modelFolder.ts';
import { NodeBackend } from '../../cli/src/nodeBackend.ts';
import { hasGpu } from '../../cli/src/openBackend.ts';
import type { NetworkName } from '../../extension/src/engine/cascade/manifest.ts';
import { defaultModel } from '../../extension/src/models.ts';
import { loadModel, type LoadedModel } from '../../extension/src/engine/cascade/model.ts';

const repeats = 5;
const networks: readonly NetworkName[] = ['coarse', 'fine'];
const providers = ['cpu', 'wasm', ...(hasGpu() ? (['webgpu'] as const) : [])] as const;

interface Timing {
  /** Milliseconds of the first run, which compiles kernels, and the median of the following. */
  readonly first: number;
  readonly median: number;
  readonly outputs: readonly Float32Array[];
}

async function time(model: LoadedModel, name: NetworkName, backend: NodeBackend): Promise<Timing> {
  const { inputs } = model.manifest.networks[name];
  const feed = { [inputs[0].name]: (await model.golden[name]()).input };
  await backend.load(name, model.networks[name]);
  const took: number[] = [];
  let outputs: readonly Float32Array[] = [];
  for (let r = 0; r <= repeats; r++) {
    const began = performance.now();
    const result = await backend.run(name, feed);
    took.push(performance.now() - began);
    outputs = [result.patch.data, result.implant.data];
  }
  const [first, ...later] = took;
  return { first, median: later.sort((a, b) => a - b)[Math.floor(repeats / 2)], outputs };
}

function largestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let most = 0;
  a.forEach((values, k) =>
    values.forEach((v, p) => (most = Math.max(most, Math.abs(v - b[k][p])))),
  );
  return most;
}

const names = process.argv.slice(2);
for (const name of names.length ? names : [defaultModel]) {
  const model = await loadModel(modelSource(name));
  const reference = new Map<NetworkName, readonly Float32Array[]>();
  for (const provider of providers) {
    const backend = await NodeBackend.create(provider);
    for (const network of networks) {
      const size = model.networks[network].length / 1e6;
      const { first, median, outputs } = await time(model, network, backend);
      if (provider === 'cpu') reference.set(network, outputs);
      const off = largestDifference(outputs, reference.get(network) ?? outputs);
      console.log(
        `${name} ${network.padEnd(6)} ${size.toFixed(1)} MB  ${provider.padEnd(6)} first ${first.toFixed(0)} ms, then ${median.toFixed(0)} ms a window, off the CPU by ${off.toExponential(1)}`,
      );
    }
    await backend.release();
  }
}
if (!hasGpu()) console.log('webgpu: this machine has no GPU');
