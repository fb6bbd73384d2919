import type { BrowserContext } from '@playwright/test';
import { chromiumWithWebGpu } from './support/chromium.ts';
import { demoStudy } from './support/demoStudy.ts';
import { expect, test } from './support/test.ts';

test.use({ launchOptions: chromiumWithWebGpu });

/**
 * Runs at the start of the inference worker. The emulated adapter passes for a real one, and once the first
 * inference has begun, the device is destroyed: the page sees what a driver reset looks like. Not later, because
 * the emulation needs minutes for one inference.
 */
const loseDeviceInMidRun = `
Object.defineProperty(GPUAdapter.prototype, 'info', {
  get: () => ({ vendor: 'test', architecture: '', device: '', description: '', isFallbackAdapter: false }),
});
let passes = 0;
const beginComputePass = GPUCommandEncoder.prototype.beginComputePass;
GPUCommandEncoder.prototype.beginComputePass = function (...args) {
  passes += 1;
  return beginComputePass.apply(this, args);
};
const requestDevice = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...args) {
  const device = await requestDevice.apply(this, args);
  const submit = device.queue.submit;
  device.queue.submit = function (...buffers) {
    submit.apply(this, buffers);
    if (passes > 0) device.destroy();
  };
  return device;
};
`;

async function loseDevice(context: BrowserContext): Promise<void> {
  await context.route(/\/cranioplasty-plugin\/[^/]*inference[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${loseDeviceInMidRun}${await response.text()}` });
  });
}

test('finishes on WebAssembly when the GPU is lost during a run', async ({
  context,
  cranioplasty,
  viewer,
}) => {
  await loseDevice(context);
  await cranioplasty.open(viewer.origin, demoStudy.uid);
  await cranioplasty.chooseSkull(demoStudy.skull);
  await cranioplasty.startReconstruction();
  await expect(cranioplasty.provider).toContainText('WebGPU');
  await cranioplasty.waitForResult();
  await expect(cranioplasty.warnings).toContainText('the GPU was lost during the computation');
  await expect(cranioplasty.provider).toContainText('WebAssembly');
});
