import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoStudy } from '../support/demoStudy.ts';
import { copyViewer, installedViewer, wardSource } from '../../support/viewerCopy.ts';
import { serveSite } from '../support/ohifSite.ts';
import { expect, test } from '../support/test.ts';

/** Another build can be tried: `OHIF_DIST=… npx playwright test installed`. */
const dist = process.env.OHIF_DIST ?? installedViewer;
const program = fileURLToPath(
  new URL('../../../viewer/bin/cranioplasty-viewer.mjs', import.meta.url),
);
const PATH = '/ohif/';

/** What a site of its own might have: an object, a name for its PACS, no word of the product. */
const siteConfig = `window.config = {
  name: 'config/site.js',
  routerBasename: '/ohif',
  extensions: [],
  modes: [],
  showStudyList: true,
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'ward',
  dataSources: [${wardSource}],
};
window.config.maxNumberOfWebWorkers = 2;
`;

function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

function command(...words: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

test('a stock viewer of a site takes the product in, reconstructs, and gives it back', async ({
  cranioplasty,
  page,
}) => {
  const site = await mkdtemp(join(tmpdir(), 'cranioplasty-site-'));
  await copyViewer(dist, site, PATH, siteConfig);
  const before = filesOf(site);
  command('install', site);
  const server = await serveSite(site, PATH);
  try {
    await cranioplasty.openFromWorklist(`${server.origin}/ohif`, demoStudy.patient);
    await cranioplasty.chooseSkull(demoStudy.skull);
    await cranioplasty.startReconstruction();
    await cranioplasty.waitForResult();
    await expect(cranioplasty.provider).toContainText('WebAssembly');
    const settings = await page.evaluate(() => {
      const { config } = globalThis as unknown as { config: Record<string, unknown> };
      return [config.name, config.maxNumberOfWebWorkers];
    });
    expect(settings).toEqual(['config/site.js', 2]);
    const shapes = await cranioplasty.resultSegments();
    expect(shapes.map(({ label }) => label)).toEqual(['Implant', 'Skull patch']);
    await page.screenshot({ path: 'test/artifacts/browser/installed.png' });
  } finally {
    await server.stop();
  }
  command('uninstall', site);
  expect(filesOf(site)).toEqual(before);
  await rm(site, { recursive: true });
});
