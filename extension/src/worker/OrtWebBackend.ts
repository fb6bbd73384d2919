/// <reference types="@webgpu/types" />
import * as ort from 'onnxruntime-web/webgpu';
import { CranioplastyError } from '../engine/space/errors.ts';
import { total } from '../engine/space/voxels.ts';
import type { InferenceBackend, Tensor } from '../engine/cascade/backend.ts';
import { isolated } from './isolated.ts';
import type { BrowserProvider, ProviderReport, WorkerEnvironment } from './protocol.ts';
import { openWebGpu, type WebGpuDevice } from './webGpuProbe.ts';
import type { Said } from '../engine/words/sentence.ts';
import { why } from '../words/errorSentences.ts';

type NetworkName = 'coarse' | 'fine';

/** ONNX Runtime's program and WebAssembly; not `.mjs`, which some web servers hand out as no script. */
const runtimeName = 'ort-wasm-simd-threaded.asyncify';

/** More threads than this gain nothing on 128³ windows and cost memory. */
const mostThreads = 8;

/**
 * Runs networks with ONNX Runtime Web on one provider. It does not fall back by itself: ONNX
 * Runtime fixes its threads when its module is first loaded, and a lost GPU can take the module
 * with it, so the next provider gets a fresh worker. Failures are typed so that the client knows
 * to do that.
 */
export class OrtWebBackend implements InferenceBackend {
  readonly provider: BrowserProvider;
  readonly report: ProviderReport;
  private readonly gpu: WebGpuDevice | undefined;
  private readonly sessions = new Map<NetworkName, ort.InferenceSession>();
  /** Rejects when the GPU goes away: ONNX Runtime itself may then wait for ever. */
  private readonly lost: Promise<never>;
  private gpuError: string | undefined;
  private released = false;

  private constructor(report: ProviderReport, gpu: WebGpuDevice | undefined) {
    this.report = report;
    this.provider = report.provider;
    this.gpu = gpu;
    this.lost = new Promise<never>((_, reject) => {
      gpu?.device.lost.then((info) => {
        if (!this.released) reject(deviceLost(info.message));
      });
    });
    this.lost.catch(() => undefined);
    gpu?.device.addEventListener('uncapturederror', (event) => {
      this.gpuError ??= event.error.message;
    });
  }

  /**
   * Probes the provider and makes ONNX Runtime ready for it. One call per worker.
   * @throws CranioplastyError `no-provider` if the browser or the machine does not offer it.
   */
  static async open(
    provider: BrowserProvider,
    environment: WorkerEnvironment,
  ): Promise<OrtWebBackend> {
    const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
    const threads = Math.max(1, Math.min(mostThreads, environment.threads ?? cores));
    const folder = environment.runtimeUrl ?? new URL('./', globalThis.location.href).href;
    ort.env.wasm.wasmPaths = {
      mjs: `${folder}${runtimeName}.js`,
      wasm: `${folder}${runtimeName}.wasm`,
    };
    ort.env.wasm.numThreads = provider === 'wasm' ? 1 : isolated() ? threads : 1;
    ort.env.logLevel = 'error';

    if (provider === 'webgpu') {
      const gpu = await openWebGpu(globalThis.navigator?.gpu, environment);
      const { description, limits, features } = gpu;
      return new OrtWebBackend({ provider, description, limits, features }, gpu);
    }
    if (provider === 'wasm-threads') {
      if (!isolated()) {
        throw new CranioplastyError('no-provider', why('error.not-isolated'));
      }
      if (threads < 2) {
        throw new CranioplastyError('no-provider', why('error.single-thread'));
      }
      return new OrtWebBackend({ provider, description: `CPU, ${threads} threads` }, undefined);
    }
    return new OrtWebBackend({ provider, description: 'CPU, 1 thread' }, undefined);
  }

  async load(name: NetworkName, onnx: Uint8Array): Promise<void> {
    await this.sessions.get(name)?.release();
    this.sessions.delete(name);
    const session = await this.guard(
      ort.InferenceSession.create(onnx, {
        executionProviders: [
          // Every volume has the same shape, so buffers of exactly their size are reused.
          this.gpu
            ? { name: 'webgpu', device: this.gpu.device, storageBufferCacheMode: 'simple' }
            : 'wasm',
        ],
        graphOptimizationLevel: 'all',
        enableMemPattern: true,
      }),
      why('error.network-not-loaded', { network: name }),
    );
    this.sessions.set(name, session);
  }

  async run(name: NetworkName, inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> {
    const session = this.sessions.get(name);
    if (!session) throw new Error(`The ${name} network was not loaded.`);
    const feeds: Record<string, ort.Tensor> = {};
    for (const [input, tensor] of Object.entries(inputs)) {
      feeds[input] = new ort.Tensor('float32', tensor.data, tensor.dims);
    }
    const said = why('error.network-not-run', { network: name });
    const results = await this.guard(session.run(feeds), said);
    const outputs: Record<string, Tensor> = {};
    for (const [output, tensor] of Object.entries(results)) {
      const data = tensor.data as Float32Array;
      // A kernel that overflows or reads a dead buffer yields NaN rather than an error.
      if (!Number.isFinite(total(data))) {
        throw failed(said, `output ${output} is not finite`);
      }
      outputs[output] = { dims: tensor.dims, data };
    }
    return outputs;
  }

  async release(): Promise<void> {
    this.released = true;
    for (const session of this.sessions.values()) await session.release().catch(() => undefined);
    this.sessions.clear();
    this.gpu?.device.destroy();
  }

  /** Turns every way in which ONNX Runtime or the GPU fails into a typed error. */
  private async guard<T>(work: Promise<T>, said: Said): Promise<T> {
    try {
      const result = await Promise.race([work, this.lost]);
      if (this.gpuError !== undefined) throw new Error(this.gpuError);
      return result;
    } catch (cause) {
      if (cause instanceof CranioplastyError) throw cause;
      // The loss of the device shows first as a failed call: give its own message a turn to arrive.
      await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, 50))]);
      throw failed(said, cause);
    }
  }
}

function deviceLost(reason: string): CranioplastyError {
  return new CranioplastyError('device-lost', why('error.gpu-lost'), { cause: new Error(reason) });
}

function failed(said: Said, cause: unknown): CranioplastyError {
  return new CranioplastyError('inference-failed', said, { cause });
}
