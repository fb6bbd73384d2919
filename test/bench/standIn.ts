import type { InferenceBackend, Tensor } from '../../extension/src/engine/cascade/backend.ts';
import type { NetworkName } from '../../extension/src/engine/cascade/manifest.ts';
import { frontalDefect } from '../support/phantomSkull.ts';

/** Order of the channels of the coarse network, and of those that the fine one has beside (`models/ct-base`). */
const [skull, mirrored, continued, , coarsePatch] = [0, 1, 2, 3, 4];
/** Width of the canonical box, mm. */
const box = 204.8;

/** Stands in for the networks by copies of what they are given: a patch where the phantom's defect is. */
export function standIn(): InferenceBackend {
  return {
    provider: 'cpu',
    load: async () => undefined,
    release: async () => undefined,
    run: async (name, { input }): Promise<Record<string, Tensor>> => {
      const dims = [1, 1, ...input.dims.slice(2)];
      const edge = dims[2];
      const data = name === 'coarse' ? coarseOf(input.data, edge) : fineOf(input.data, edge);
      return { patch: { dims, data }, implant: { dims, data: data.slice() } };
    },
  };
}

/** The mirrored skull less the skull, near the defect. */
function coarseOf(data: Float32Array, edge: number): Float32Array {
  const { centre, radius } = frontalDefect;
  const voxels = edge ** 3;
  const h = box / edge;
  const out = new Float32Array(voxels);
  for (let k = 0, p = 0; k < edge; k++)
    for (let j = 0; j < edge; j++)
      for (let i = 0; i < edge; i++, p++) {
        const off = Math.hypot(h * i - centre[0], h * j - centre[1], h * k - centre[2]);
        if (off < radius + 3)
          out[p] = Math.max(0, data[mirrored * voxels + p] - data[skull * voxels + p]);
      }
  return out;
}

/** What continues the skull where the coarse estimate is, and nothing elsewhere. */
function fineOf(data: Float32Array, edge: number): Float32Array {
  const voxels = edge ** 3;
  const out = data.slice(continued * voxels, (continued + 1) * voxels);
  for (let p = 0; p < voxels; p++) if (data[coarsePatch * voxels + p] < 0.1) out[p] = 0;
  return out;
}

/** A backend that adds the time spent in its networks to `spent.ms`. */
export function timed(backend: InferenceBackend, spent: { ms: number }): InferenceBackend {
  return {
    provider: backend.provider,
    load: (name: NetworkName, onnx) => backend.load(name, onnx),
    release: () => backend.release(),
    run: async (name, inputs) => {
      const began = performance.now();
      const outputs = await backend.run(name, inputs);
      spent.ms += performance.now() - began;
      return outputs;
    },
  };
}
