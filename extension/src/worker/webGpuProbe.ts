/// <reference types="@webgpu/types" />
import { CranioplastyError } from '../engine/space/errors.ts';
import { why } from '../words/errorSentences.ts';

/** Limits that decide whether volumes of a given size run. */
const reportedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Features that ONNX Runtime's kernels make use of where they exist. */
const wantedFeatures = [
  'shader-f16',
  'subgroups',
  'timestamp-query',
] as const satisfies readonly GPUFeatureName[];

export interface WebGpuDevice {
  readonly device: GPUDevice;
  readonly description: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
}

/**
 * Opens the GPU with the highest limits that the adapter has. The device is opened here and handed
 * to ONNX Runtime, rather than left to it, so that its loss and its errors reach us.
 *
 * @throws CranioplastyError `no-provider`, saying why there is no usable GPU.
 */
export async function openWebGpu(
  gpu: GPU | undefined,
  options: { readonly allowSoftwareAdapter?: boolean } = {},
): Promise<WebGpuDevice> {
  if (!gpu) {
    throw new CranioplastyError('no-provider', why('error.no-webgpu'));
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new CranioplastyError('no-provider', why('error.no-gpu'));
  }
  const description = describeAdapter(adapter.info);
  if (isSoftware(adapter) && !options.allowSoftwareAdapter) {
    throw new CranioplastyError('no-provider', why('error.emulated-gpu', { gpu: description }));
  }
  const features = [...adapter.features];
  const limits = Object.fromEntries(reportedLimits.map((name) => [name, adapter.limits[name]]));
  try {
    const device = await adapter.requestDevice({
      requiredLimits: limits,
      requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    });
    return { device, description, limits, features };
  } catch (cause) {
    throw new CranioplastyError('no-provider', why('error.gpu-unopened', { gpu: description }), {
      cause,
    });
  }
}

function isSoftware(adapter: GPUAdapter): boolean {
  const { info } = adapter;
  return info.isFallbackAdapter || /swiftshader|llvmpipe|basic render/i.test(describeAdapter(info));
}

function describeAdapter(info: GPUAdapterInfo): string {
  const words = [info.vendor, info.architecture, info.device, info.description].filter(Boolean);
  return words.length > 0 ? [...new Set(words)].join(' ') : 'unnamed GPU';
}
