import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import webpack from 'webpack';
import { hostExternals } from '../../viewer/build/hostModules.mjs';
import { demoStudy } from '../browser/support/demoStudy.ts';
import { serveSite } from '../browser/support/ohifSite.ts';
import { expect, test } from '../browser/support/test.ts';
import { copyViewer, installedViewer, wardSource } from '../support/viewerCopy.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const packages = ['extension', 'mode'] as const;

function run(command: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout.trim();
}

/** Packs both packages as they would be published, and installs them in an empty folder as a site would. */
function installTarballs(folder: string): void {
  const tarballs = packages.map((name) =>
    run('npm', ['pack', '--silent', '--pack-destination', folder], join(root, name)),
  );
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  // OHIF brings what the packages share with it; the host below takes it from a running viewer.
  run('npm', ['install', '--omit=peer', ...tarballs.map((name) => `./${name}`)], folder);
}

/** A small host: takes the packages by their names and registers them, everything of OHIF's left outside. */
async function bundleHost(folder: string, site: string): Promise<void> {
  const entry: Record<string, string> = {};
  for (const name of packages) {
    entry[name] = join(folder, `${name}.js`);
    writeFileSync(entry[name], `export { default } from '@cranioplasty/${name}';`);
  }
  const compiler = webpack({
    mode: 'production',
    context: folder,
    entry,
    experiments: { outputModule: true },
    externalsType: 'var',
    externals: hostExternals,
    performance: { hints: false },
    output: {
      path: join(site, 'cranioplasty-plugin'),
      filename: '[name].js',
      library: { type: 'module' },
      module: true,
    },
  });
  await new Promise<void>((done, fail) => {
    compiler.run((error, stats) => {
      if (error ?? stats?.hasErrors()) fail(error ?? new Error(stats?.toString('errors-only')));
      else compiler.close(() => done());
    });
  });
  // As the package's README says: worker and runtime go where the site serves files.
  const umd = join(folder, 'node_modules/@cranioplasty/extension/dist/umd');
  const served = join(site, 'served');
  mkdirSync(served);
  for (const name of readdirSync(umd)) {
    if (/inference\.js$|^ort-/.test(name)) copyFileSync(join(umd, name), join(served, name));
  }
}

const siteConfig = `window.config = {
  routerBasename: '/',
  extensions: [['@cranioplasty/extension', { workerUrl: '/served/cranioplasty-inference.js' }]],
  modes: ['@cranioplasty/mode'],
  showStudyList: true,
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'ward',
  dataSources: [${wardSource}],
};`;

test('the packed packages, bundled by a host of their own, reconstruct', async ({
  cranioplasty,
  page,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'cranioplasty-host-'));
  const site = await mkdtemp(join(tmpdir(), 'cranioplasty-site-'));
  for (const name of packages) {
    expect(existsSync(join(root, name, 'dist/umd/index.js')), 'run "npm run build" first').toBe(
      true,
    );
  }
  installTarballs(folder);
  await copyViewer(installedViewer, site, '/', siteConfig);
  run(process.execPath, [join(root, 'viewer/bin/cranioplasty-viewer.mjs'), 'install', site], root);
  // The host's bundles take the place of ours; the rest of the installation stays.
  for (const name of packages) await rm(join(site, `cranioplasty-plugin/${name}.js`));
  await rm(join(site, 'cranioplasty-plugin/cranioplasty-inference.js'));
  await bundleHost(folder, site);

  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const server = await serveSite(site, '/');
  try {
    await cranioplasty.openFromWorklist(server.origin, demoStudy.patient);
    await cranioplasty.chooseSkull(demoStudy.skull);
    await cranioplasty.startReconstruction();
    await cranioplasty.waitForResult();
    const shapes = await cranioplasty.resultSegments();
    expect(shapes.map(({ label }) => label)).toEqual(['Implant', 'Skull patch']);
    expect(asked).toContain('/served/cranioplasty-inference.js');
    expect(asked).toContain('/cranioplasty-plugin/models/atlas/atlas.json');
  } finally {
    await server.stop();
  }
  await rm(folder, { recursive: true });
  await rm(site, { recursive: true });
});
