import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, type Harness } from './browserHarness.ts';
import type { Answer, Question } from './harnessWorker.ts';

const softwareGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

async function ask(
  question: Question,
  options: Parameters<Harness['open']>[0] = {},
): Promise<Answer> {
  const page = await harness.open(options);
  return page.evaluate(
    (q) => (globalThis as unknown as { harness(q: unknown): Promise<Answer> }).harness(q),
    question,
  );
}

describe('ONNX Runtime backend in Chromium', () => {
  it('runs on WASM threads on an isolated page', async () => {
    const answer = await ask({ provider: 'wasm-threads' });
    expect(answer.error).toBeUndefined();
    expect(answer.report).toEqual({ provider: 'wasm-threads', description: 'CPU, 2 threads' });
    expect(answer.largestError).toBeLessThan(1e-5);
  });

  it('refuses threads on a page that is not isolated', async () => {
    const answer = await ask({ provider: 'wasm-threads' }, { isolated: false });
    expect(answer.error?.code).toBe('no-provider');
    expect(answer.error?.message).toContain('isolated');
  });

  it('runs on one thread on a page that is not isolated', async () => {
    const answer = await ask({ provider: 'wasm' }, { isolated: false });
    expect(answer.error).toBeUndefined();
    expect(answer.largestError).toBeLessThan(1e-5);
  });

  it('says why there is no WebGPU', async () => {
    const answer = await ask({ provider: 'webgpu' });
    expect(answer.error?.code).toBe('no-provider');
    expect(answer.error?.message).toMatch(/WebGPU|GPU/);
  });

  it('passes over a GPU that is emulated in software', async () => {
    const answer = await ask({ provider: 'webgpu' }, { chromiumFlags: softwareGpu });
    expect(answer.error?.code).toBe('no-provider');
    expect(answer.error?.message).toContain('software');
  });

  it('computes the same on WebGPU', async () => {
    const answer = await ask(
      { provider: 'webgpu', allowSoftwareAdapter: true },
      { chromiumFlags: softwareGpu },
    );
    expect(answer.error).toBeUndefined();
    expect(answer.report?.limits?.maxBufferSize).toBeGreaterThan(0);
    expect(answer.largestError).toBeLessThan(1e-5);
  });

  it('reports a GPU that is lost in mid-run', async () => {
    const answer = await ask(
      { provider: 'webgpu', allowSoftwareAdapter: true, loseDevice: true },
      { chromiumFlags: softwareGpu },
    );
    expect(answer.error?.code).toBe('device-lost');
  });

  it('reports a network that cannot be read', async () => {
    const answer = await ask({ provider: 'wasm', truncateTo: 100 });
    expect(answer.error?.code).toBe('inference-failed');
  });
});
