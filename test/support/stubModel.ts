import type { InputChannel } from '../../extension/src/engine/cascade/manifest.ts';
import type { LoadedModel } from '../../extension/src/engine/cascade/model.ts';

/** Sizes of a cascade: voxels along an edge, mm. */
export interface StubSizes {
  readonly canonical: { readonly size: number; readonly spacing: number };
  readonly coarse: { readonly window: number; readonly spacing: number };
  readonly fine: { readonly window: number; readonly spacing: number; readonly stride: number };
}

/** A cascade that runs in no time: 32 voxels along each window, 1.6 mm. */
export const smallSizes: StubSizes = {
  canonical: { size: 128, spacing: 1.6 },
  coarse: { window: 32, spacing: 6.4 },
  fine: { window: 32, spacing: 1.6, stride: 24 },
};

/** What the networks of a model without a shape prior see. */
const headChannels = ['skull', 'skull mirrored and fitted', 'mean skull fitted'] as const;
const inputChannels = [...headChannels, 'coarse patch', 'coarse implant'] as const;

/** A model without networks, for backends that stand in for them: what the engine asks of a manifest. */
export function stubModel({ canonical, coarse, fine }: StubSizes): LoadedModel {
  const network = (channels: readonly InputChannel[], sizes: { readonly window: number }) => ({
    ...sizes,
    inputs: [
      { name: 'input', shape: [1, channels.length, ...Array(3).fill(sizes.window)], channels },
    ],
  });
  return {
    manifest: {
      name: 'stub',
      version: '0',
      canonicalGrid: canonical,
      networks: { coarse: network(headChannels, coarse), fine: network(inputChannels, fine) },
      implant: { thicknessMm: 4, clearanceMm: 1 },
    },
    hash: '',
  } as unknown as LoadedModel;
}
