export type ProviderName = 'webgpu' | 'wasm-threads' | 'wasm' | 'cpu';

/**
 * What runs a network, wherever it runs. Tensors are float32, row-major in the network's own
 * shape [1, C, D(z), H(y), W(x)], batch 1.
 */
export interface InferenceBackend {
  readonly provider: ProviderName;
  /** Loads a network from verified ONNX bytes. */
  load(name: 'coarse' | 'fine', onnx: Uint8Array): Promise<void>;
  /** Runs it: named input tensors in, named output tensors out. */
  run(name: 'coarse' | 'fine', inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  /** Frees device memory. */
  release(): Promise<void>;
}

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
