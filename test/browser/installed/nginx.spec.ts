import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyViewer, installedViewer, wardSource } from '../../support/viewerCopy.ts';
import { demoStudy } from '../support/demoStudy.ts';
import { findNginx, nginxVersion, serveByNginx } from '../support/nginx.ts';
import { serveSite } from '../support/ohifSite.ts';
import { expect, test } from '../support/test.ts';

const program = fileURLToPath(
  new URL('../../../viewer/bin/cranioplasty-viewer.mjs', import.meta.url),
);
const PATH = '/ohif/';
const nginx = findNginx();

const siteConfig = `window.config = {
  name: 'config/ward.js',
  routerBasename: '/ohif',
  extensions: [],
  modes: [],
  showStudyList: true,
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'ward',
  dataSources: [${wardSource}],
};
`;

test('works in a stock viewer that nginx serves under a path', async ({ cranioplasty, page }) => {
  test.skip(!nginx, 'nginx is not installed: apt-get install nginx-light, or name it in NGINX.');
  if (!nginx) return;
  test.info().annotations.push({ type: 'server', description: nginxVersion(nginx) });
  const root = await mkdtemp(join(tmpdir(), 'cranioplasty-site-'));
  const site = join(root, PATH);
  await mkdir(site);
  await copyViewer(installedViewer, site, PATH, siteConfig);
  const { status, stderr } = spawnSync(process.execPath, [program, 'install', site], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const pacs = await serveSite(site, PATH);
  const server = await serveByNginx(nginx, root, PATH, pacs.origin);
  try {
    const headers = (await page.request.get(`${server.origin}${PATH}`)).headers();
    expect(headers.server).toContain('nginx');
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
    await cranioplasty.openFromWorklist(`${server.origin}/ohif`, demoStudy.patient);
    await cranioplasty.chooseSkull(demoStudy.skull);
    await cranioplasty.startReconstruction();
    await cranioplasty.waitForResult();
    await expect(cranioplasty.provider).toContainText('WebAssembly');
    const shapes = await cranioplasty.resultSegments();
    expect(shapes.map(({ label }) => label)).toEqual(['Implant', 'Skull patch']);
    // What is read back is compared, so that both ways through the proxy are proven.
    await cranioplasty.save();
    await page.screenshot({ path: 'test/artifacts/browser/nginx.png' });
    // A link into a study is answered with the viewer's page.
    const link = page.url();
    expect(new URL(link).pathname).toMatch(/^\/ohif\/cranioplasty/);
    expect((await page.request.get(link)).ok()).toBe(true);
  } finally {
    await server.stop();
    await pacs.stop();
    await rm(root, { recursive: true, force: true });
  }
});
