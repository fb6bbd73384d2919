/// <reference types="@webgpu/types" />
import { OrtWebBackend } from '../../../extension/src/worker/OrtWebBackend.ts';
import { toWire, type WireError } from '../../../extension/src/worker/wireError.ts';
import type { BrowserProvider, ProviderReport } from '../../../extension/src/worker/protocol.ts';

/** What the test asks of the worker in which the backend under test runs. */
export interface Question {
  readonly provider: BrowserProvider;
  readonly allowSoftwareAdapter?: boolean;
  /** Takes the GPU away between loading and running. */
  readonly loseDevice?: boolean;
  /** Loads this many bytes of the network only. */
  readonly truncateTo?: number;
}

export interface Answer {
  readonly report?: ProviderReport;
  readonly largestError?: number;
  readonly milliseconds?: number;
  readonly error?: WireError;
}

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

scope.addEventListener('message', async (event: MessageEvent<Question & { id: number }>) => {
  scope.postMessage({ id: event.data.id, answer: await answer(event.data) });
});

async function answer(question: Question): Promise<Answer> {
  const opened: GPUDevice[] = [];
  if (question.loseDevice) keepDevices(opened);
  try {
    const backend = await OrtWebBackend.open(question.provider, {
      modelsUrl: '/',
      allowSoftwareAdapter: question.allowSoftwareAdapter,
      threads: 2,
    });
    const [network, input, expected] = await Promise.all(
      ['tiny.onnx', 'input.bin', 'output.bin'].map(async (file) => {
        const response = await fetch(`/fixtures/${file}`);
        return response.arrayBuffer();
      }),
    );
    await backend.load('coarse', new Uint8Array(network, 0, question.truncateTo));
    opened.forEach((device) => device.destroy());
    const started = performance.now();
    const { patch } = await backend.run('coarse', {
      x: { dims: [1, 2, 16, 16, 16], data: new Float32Array(input) },
    });
    const milliseconds = performance.now() - started;
    const truth = new Float32Array(expected);
    const largestError = patch.data.reduce(
      (worst, value, i) => Math.max(worst, Math.abs(value - truth[i])),
      0,
    );
    await backend.release();
    return { report: backend.report, largestError, milliseconds };
  } catch (error) {
    return { error: toWire(error, 'bad-usage') };
  }
}

/** Notes every device that is opened, so that the test can destroy it behind the backend's back. */
function keepDevices(opened: GPUDevice[]): void {
  const open = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
    const device = await open.call(this, descriptor);
    opened.push(device);
    return device;
  };
}
