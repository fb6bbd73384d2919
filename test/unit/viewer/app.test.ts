import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../viewer/src/server/app.ts';
import { serve } from './server.ts';
import { temporaryFolder } from './temporaryFolder.ts';

let root: string;

beforeEach(async () => {
  const folder = await temporaryFolder();
  const [ohifDist, bundles, models] = ['ohif', 'bundles', 'models'].map((name) =>
    join(folder, name),
  );
  for (const path of [ohifDist, bundles, join(models, 'lite'), join(models, 'training')]) {
    await mkdir(path, { recursive: true });
  }
  await writeFile(
    join(ohifDist, 'index.html'),
    '<html><head><script src="/app.js"></script></head></html>',
  );
  await writeFile(join(ohifDist, 'app.js'), 'app');
  await writeFile(join(bundles, 'extension.js'), 'extension');
  await writeFile(join(models, 'lite/model.json'), '{}');
  await writeFile(join(models, 'training/secret.json'), '{}');
  const app = createApp({
    ohifDist,
    bundles,
    models,
    dicomwebPath: '/dicomweb',
    dicomwebName: 'Test store',
    dicomweb: (_request, response) => void response.send('dicomweb'),
  });
  root = (await serve('/', app)).replace(/\/$/, '');
});

function statusFor(host: string): Promise<number | undefined> {
  return new Promise((done, fail) => {
    request(root, { headers: { Host: host } }, (response) => {
      response.resume();
      done(response.statusCode);
    })
      .on('error', fail)
      .end();
  });
}

describe('the viewer’s server', () => {
  it('puts the import map ahead of every script of the start page', async () => {
    const page = await (await fetch(`${root}/`)).text();
    const map = page.indexOf('<script type="importmap">');
    expect(map).toBeGreaterThan(0);
    expect(map).toBeLessThan(page.indexOf('/app.js'));
    expect(page).toContain('"@cranioplasty/extension":"/cranioplasty-plugin/extension.js"');
  });

  it('serves the same page for routes of the viewer, and 404 for missing files', async () => {
    const page = await (await fetch(`${root}/`)).text();
    expect(await (await fetch(`${root}/cranioplasty?StudyInstanceUIDs=1.2`)).text()).toBe(page);
    for (const path of [
      '/missing.js',
      '/cranioplasty-plugin/missing.js',
      '/models/lite/none.json',
      '/models/training/secret.json',
    ]) {
      expect((await fetch(`${root}${path}`)).status, path).toBe(404);
    }
  });

  it('isolates every answer from other origins', async () => {
    for (const path of [
      '/',
      '/app.js',
      '/app-config.js',
      '/models/lite/model.json',
      '/dicomweb/x',
    ]) {
      const { headers } = await fetch(`${root}${path}`);
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy'), path).toBe('require-corp');
      expect(headers.get('content-security-policy'), path).toContain("connect-src 'self'");
    }
  });

  it('answers to loopback names only', async () => {
    expect(await statusFor('localhost:3000')).toBe(200);
    expect(await statusFor('evil.example')).toBe(421);
  });
});
