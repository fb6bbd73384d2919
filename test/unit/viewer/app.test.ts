import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../viewer/src/server/app.ts';
import { serve } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

let root: string;
let asked: string[];
let reported: string[];

beforeEach(async () => {
  [asked, reported] = [[], []];
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
    dicomweb: (request, response) => {
      asked.push(request.originalUrl);
      if (request.path === '/broken') throw new Error('inside');
      response.send('dicomweb');
    },
    report: (message) => reported.push(message),
  });
  root = (await serve('/', app)).replace(/\/$/, '');
});

/** Sends a request as it is: `fetch` would normalise its path and withhold some headers. */
function raw(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status?: number; body: string }> {
  const { hostname, port } = new URL(root);
  return new Promise((done, fail) => {
    request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => done({ status: response.statusCode, body }));
    })
      .on('error', fail)
      .end();
  });
}

const link = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };

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
    expect((await raw('/', { Host: 'localhost:3000' })).status).toBe(200);
    expect((await raw('/', { Host: 'evil.example' })).status).toBe(421);
  });

  it.each(['/%E0%A4%A', '/%', '/models/%2e%2e/%2e%2e/etc/passwd', '/a%2fb', '/a%5Cb', '/%00'])(
    'answers 400 in one sentence to the malformed address %s',
    async (path) => {
      expect(await raw(path)).toEqual({ status: 400, body: 'The address is malformed.' });
      expect(reported).toEqual([]);
    },
  );

  it.each([
    '/models/%74raining/secret.json',
    '/models/./training/secret.json',
    '/models//training/secret.json',
    '/models/lite/../training/secret.json',
    '/models/lite/%2e%2e/training/secret.json',
    '/MODELS/training/secret.json',
    '/models/%2574raining/secret.json',
  ])('keeps %s from being served', async (path) => {
    expect((await raw(path)).status).toBe(404);
  });

  it('hands DICOMweb the one spelling of a path, with its query as it was', async () => {
    await raw('/./dicomweb//studies/%31.2?PatientName=%C3%A9%2A');
    expect(asked).toEqual(['/dicomweb/studies/1.2?PatientName=%C3%A9%2A']);
  });

  it('answers 500 without the reason, which goes to the console', async () => {
    const { status, body } = await raw('/dicomweb/broken');
    expect([status, body]).toEqual([500, 'The server could not answer this request.']);
    expect(reported).toEqual(['A request failed: inside']);
  });

  it.each<[string, Record<string, string>]>([
    ['an origin', { Origin: 'http://evil.example' }],
    ['an origin on another port', { Origin: 'http://127.0.0.1:1' }],
    ['no origin of its own', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }],
    ['a page on another port', { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' }],
    ['a link past the pages', { ...link, 'Sec-Fetch-Site': 'cross-site' }],
  ])('refuses what %s sends before DICOMweb hears of it', async (_, headers) => {
    expect((await raw('/dicomweb/studies', headers, 'POST')).status).toBe(403);
    expect((await raw('/dicomweb/studies', headers)).status).toBe(403);
    expect((await raw('/DICOMweb/studies', headers)).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it('answers its own pages and links to the viewer', async () => {
    const own = { Origin: root, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' };
    expect((await raw('/dicomweb/studies', own, 'POST')).status).toBe(200);
    const followed = await raw('/cranioplasty?x', { ...link, 'Sec-Fetch-Site': 'cross-site' });
    expect(followed.status).toBe(200);
  });
});
