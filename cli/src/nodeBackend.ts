import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-common';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { total } from '../../extension/src/engine/space/voxels.ts';
import type {
  InferenceBackend,
  ProviderName,
  Tensor,
} from '../../extension/src/engine/cascade/backend.ts';

type NetworkName = 'coarse' | 'fine';

/** What onnxruntime-node and onnxruntime-web have in common. */
type Runtime = Pick<typeof ort, 'InferenceSession' | 'Tensor'>;

/** Runs networks with ONNX Runtime on one provider. It does not fall back by itself. */
export class NodeBackend implements InferenceBackend {
  private readonly sessions = new Map<NetworkName, ort.InferenceSession>();

  private constructor(
    readonly provider: ProviderName,
    private readonly runtime: Runtime,
    private readonly options: ort.InferenceSession.SessionOptions,
  ) {}

  /** Opens a provider: `cpu` and `webgpu` of onnxruntime-node, `wasm` of onnxruntime-web. */
  static async create(
    provider: 'cpu' | 'webgpu' | 'wasm',
    threads = availableParallelism(),
  ): Promise<NodeBackend> {
    if (provider === 'wasm') {
      const web = await import('onnxruntime-web');
      web.env.wasm.numThreads = threads;
      web.env.logLevel = 'error';
      return new NodeBackend('wasm', web, { executionProviders: ['wasm'] });
    }
    const node = await import('onnxruntime-node');
    return new NodeBackend(provider, node, {
      executionProviders: [provider],
      // Errors only; ONNX Runtime warns of every small kernel that it keeps on the CPU.
      logSeverityLevel: 3,
      intraOpNumThreads: threads,
    });
  }

  /** @throws CranioplastyError `inference-failed` if the provider does not take the network */
  async load(name: NetworkName, onnx: Uint8Array): Promise<void> {
    await this.sessions.get(name)?.release();
    this.sessions.delete(name);
    const session = await this.guard(`load the ${name} network`, () =>
      this.runtime.InferenceSession.create(onnx, this.options),
    );
    this.sessions.set(name, session);
  }

  /** @throws CranioplastyError `inference-failed` if the network fails or yields no finite values */
  async run(name: NetworkName, inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> {
    const session = this.sessions.get(name);
    if (!session) throw new Error(`The ${name} network was not loaded.`);
    const feeds: Record<string, ort.Tensor> = {};
    for (const [input, { data, dims }] of Object.entries(inputs)) {
      feeds[input] = new this.runtime.Tensor('float32', data, dims);
    }
    return this.guard(`run the ${name} network`, async () => {
      const outputs: Record<string, Tensor> = {};
      for (const [output, tensor] of Object.entries(await session.run(feeds))) {
        const data = tensor.data as Float32Array;
        // A kernel that overflows yields NaN rather than an error.
        if (!Number.isFinite(total(data))) {
          throw new Error(`Output ${output} is not finite.`);
        }
        outputs[output] = { dims: tensor.dims, data };
      }
      return outputs;
    });
  }

  async release(): Promise<void> {
    for (const session of this.sessions.values()) await session.release().catch(() => undefined);
    this.sessions.clear();
  }

  private async guard<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new CranioplastyError(
        'inference-failed',
        `The provider ${this.provider} could not ${doing}: try again with --provider cpu.`,
        { cause },
      );
    }
  }
}
