import { defaultParameters } from '../../../extension/src/engine/implant/parameters.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import type { Comparison } from '../../../extension/src/engine/judge/comparison.ts';
import type { Rehearsal } from '../../../extension/src/engine/rehearsal.ts';
import type { FitError } from '../../../extension/src/engine/judge/fitError.ts';
import type { Reconstruction } from '../../../extension/src/engine/reconstruction.ts';
import type { ShapeMeasurements } from '../../../extension/src/engine/shape/measure.ts';
import { identityAxes } from '../../../extension/src/engine/space/grid.ts';
import { emptyMask, type Mask } from '../../../extension/src/engine/space/volume.ts';
import { WorkerClient } from '../../../extension/src/worker/WorkerClient.ts';
import type {
  BrowserProvider,
  ImplantDesign,
  Question,
  Reply,
  Work,
  WorkerLike,
} from '../../../extension/src/worker/protocol.ts';
import { toWire } from '../../../extension/src/worker/wireError.ts';

export function smallMask(): Mask {
  return emptyMask({ size: [2, 3, 4], spacing: [1, 1, 2], origin: [0, 0, 0], axes: identityAxes });
}

export function smallReconstruction(): Reconstruction {
  const measurements: ShapeMeasurements = {
    volume: 1,
    outerArea: 2,
    meanThickness: 3,
    maxThickness: 4,
    extent: 5,
  };
  const shape = () => ({
    mask: smallMask(),
    mesh: { positions: new Float32Array(9), triangles: new Uint32Array(3) },
    measurements,
  });
  return {
    method: 'network',
    alternative: 'expected',
    patch: shape(),
    implant: shape(),
    pieces: [
      { volume: 0.7, middle: [1, 1, 2] },
      { volume: 0.3, middle: [0, 0, 0] },
    ],
    skullMesh: { positions: new Float32Array(9), triangles: new Uint32Array(3) },
    alignment: { toCanonical: identityTransform, residual: 0.5, scales: [1, 1, 1] },
    agreement: { dice: 0.9, mean: 0.3, p95: 1.2, perVertex: Float32Array.of(0, 1.5, 9) },
    warnings: [{ code: 'several-defects', message: 'Two defects.' }],
    model: { name: 'lite', version: '1', hash: 'abc' },
    provider: 'wasm',
    windows: 3,
    timings: { align: 12 },
  };
}

/** A job as a script sees it. */
export type Job = {
  [Kind in keyof Work]: { readonly kind: Kind } & Work[Kind]['job'];
}[keyof Work];

/** What a worker does with a job: returns its result, or throws. */
export type Script = (
  job: Job,
  worker: FakeWorker,
) => NonNullable<Reply['result']> | Promise<NonNullable<Reply['result']>>;

/** A job that does not end. */
export const never = (): Promise<never> => new Promise(() => undefined);

/** A worker that does as a script says, at the other end of a real channel. */
export class FakeWorker extends EventTarget implements WorkerLike {
  terminated = false;
  /** Whether it says that it holds on to its networks. */
  keeps = false;
  readonly jobs: Job[] = [];
  private readonly page: MessagePort;
  private readonly worker: MessagePort;

  constructor(script: Script = never) {
    super();
    const { port1, port2 } = new MessageChannel();
    [this.page, this.worker] = [port1, port2];
    // A terminated worker's messages still in the queue do arrive in browsers: the client must cope.
    port1.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent('message', { data }));
    port2.onmessage = ({ data }: MessageEvent<Question>) => void this.answer(data, script);
  }

  postMessage(message: unknown, transfer?: unknown): void {
    this.page.postMessage(message, transfer as Transferable[]);
  }

  terminate(): void {
    this.terminated = true;
  }

  reply(reply: Reply): void {
    this.worker.postMessage(reply);
  }

  crash(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }

  private async answer({ kind, job }: Question, script: Script): Promise<void> {
    const asked = { kind, ...job } as Job;
    this.jobs.push(asked);
    try {
      const result = await script(asked, this);
      this.reply({ result, kept: this.keeps });
    } catch (error) {
      this.reply({ error: toWire(error, 'inference-failed') });
    }
  }
}

/** A client, and the workers that it starts, all of which do as a script says. */
export function clientOf(script: Script, providers?: readonly BrowserProvider[]) {
  const workers: FakeWorker[] = [];
  const client = new WorkerClient({
    environment: { modelsUrl: 'http://localhost/models/' },
    providers,
    createWorker: () => {
      const worker = new FakeWorker(script);
      workers.push(worker);
      return worker;
    },
  });
  return { client, workers };
}

/** A judgement of one triangle. */
export function smallFitError(): FitError {
  return {
    reference: 'mirrored',
    mesh: { positions: new Float32Array(9), triangles: new Uint32Array([0, 1, 2]) },
    curvature: Float32Array.of(0, 0.01, -0.01),
    distance: Float32Array.of(0, 3, -3),
    thickness: {
      mesh: { positions: new Float32Array(9), triangles: new Uint32Array([0, 1, 2]) },
      perVertex: Float32Array.of(0, 4, 8),
    },
    worst: [{ position: [1, 2, 3], distance: 3, curvature: 0.01, extent: 2 }],
    border: { distance: 2, distance95: 3, curvature: 1e-4 },
  };
}

/** A rehearsal that went badly. */
export function smallRehearsal(): Rehearsal {
  const metrics = {
    dice: 0.7,
    borderDice: 0.75,
    hd95: 2.5,
    outerSurfaceError: 0.9,
    outerSurfaceErrorBothWays: 1,
    borderDistance: 0.8,
    borderCurvatureError: 1e-4,
    openShare: 0,
  };
  return { volume: 12, metrics, warning: { code: 'poor-rehearsal', message: 'Expect no better.' } };
}

/** A comparison of two triangles. */
export function smallComparison(): Comparison {
  const shape = (volume: number) => ({
    mesh: { positions: new Float32Array(9).fill(volume), triangles: new Uint32Array([0, 1, 2]) },
    beyond: Float32Array.of(0, 3, -3),
    measurements: { volume, outerArea: 2, meanThickness: 3, maxThickness: 4, extent: 5 },
    alone: volume - 1,
  });
  return {
    first: shape(2),
    second: shape(3),
    common: 1,
    dice: 0.4,
    meanDistance: 0.5,
    hd95: 1.5,
    hausdorff: 2.5,
  };
}

/** A design of one triangle. */
export function smallDesign(mask = smallMask(), volume = 10): ImplantDesign {
  const mesh = {
    positions: new Float32Array(9).fill(volume),
    triangles: new Uint32Array([0, 1, 2]),
  };
  return {
    implant: {
      parameters: defaultParameters,
      meshes: [mesh],
      mask,
      axis: [0, 0, 1],
      tilt: 5,
      volume,
      mass: volume * defaultParameters.density,
      undercut: { volume: 0.1 },
      maps: {
        thickness: new Float32Array([NaN, 2, 4]),
        gap: new Float32Array([0, 1.5, 7]),
      },
      checks: [
        { name: 'manifold', result: 'pass', value: 0, unit: '', message: 'Watertight.' },
        {
          name: 'gap',
          result: 'warn',
          value: 1.2,
          unit: 'mm',
          message: 'The gap is wide.',
          place: [1, 2, 3],
        },
      ],
    },
    shape: {
      mask,
      mesh,
      measurements: { volume, outerArea: 2, meanThickness: 4, maxThickness: 5, extent: 60 },
    },
  };
}
