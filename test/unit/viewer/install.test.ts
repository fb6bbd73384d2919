import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { install, uninstall, type Product } from '../../../viewer/src/install/install.ts';
import { PLUGIN_FOLDER, publicUrlOf, withTags } from '../../../viewer/src/install/page.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

async function product(): Promise<Product> {
  const folder = await temporaryFolder();
  const [bundles, models] = [join(folder, 'bundles'), join(folder, 'models')];
  await mkdir(bundles);
  for (const name of ['extension.js', 'extension.js.map', 'mode.js', 'host.js']) {
    await writeFile(join(bundles, name), name);
  }
  for (const name of ['atlas', 'lite', 'other']) {
    await mkdir(join(models, name), { recursive: true });
    await writeFile(join(models, name, 'model.json'), name);
  }
  return { bundles, models, modelNames: ['atlas', 'lite'], sources: [] };
}

const MODULES: Readonly<Record<string, readonly string[]>> = {
  'react/index.js': [],
  'react/jsx-runtime.js': [],
  'react-dom/index.js': [],
  '@cornerstonejs/core/dist/esm/index.js': [],
  '@cornerstonejs/tools/dist/esm/index.js': [],
  'core/src/index.ts': ['.DicomMetadataStore', '.utils', '.useSystem'],
  'ui-next/src/index.ts': ['.Button', '.PanelSection', '.Icons'],
  'i18n/src/index.js': ['["default"]'],
  'vtk.js/Rendering/Core/Actor.js': ['["default"]'],
  'vtk.js/Rendering/Core/Mapper.js': ['["default"]'],
  'vtk.js/Common/DataModel/PolyData.js': ['["default"]'],
  'vtk.js/Common/Core/DataArray.js': ['["default"]'],
};

/** A bundle that looks to the host script as OHIF's does. */
function bundle(without: readonly string[] = []): string {
  const modules = Object.entries(MODULES).filter(([path]) => !without.includes(path));
  const lines = modules.flatMap(([path, names], id) => [
    `// EXTERNAL MODULE: ../../node_modules/${path}`,
    `var m${id} = __webpack_require__(${id});`,
    ...names.map((name, n) => `m${id}/* ${name} */.x${n};`),
  ]);
  const modes = ['basic', 'segmentation'].flatMap((mode) =>
    without.includes(mode)
      ? []
      : [`;// CONCATENATED MODULE: ../../../modes/${mode}/src/index.tsx`, 'x = { modeInstance }'],
  );
  return [
    '99(m, e, r) {',
    ...lines,
    ...modes,
    'var chunkLoadingGlobal = globalThis["rspackChunk"]',
  ].join('\n');
}

const page = `<!doctype html><html><head><script>window.PUBLIC_URL="/ohif/"</script>
<script src="/ohif/app-config.js"></script><title>OHIF Viewer</title></head></html>\r\n`;

/** A viewer under a path, with a compressed copy of its page as some servers want it. */
async function site(without?: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  // The last byte is no valid UTF-8: it has to come back as it was.
  await writeFile(join(folder, 'index.html'), Buffer.from(`${page}\xe9`, 'latin1'));
  await writeFile(join(folder, 'index.html.gz'), gzipSync(page));
  await writeFile(join(folder, 'app-config.js'), 'window.config = {};');
  await writeFile(join(folder, 'app.bundle.0123456789abcdef.js'), bundle(without));
  return folder;
}

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        /^(index|app-config)/.test(name) ? readFileSync(join(folder, name), 'latin1') : '',
      ]),
  );
const pageOf = (folder: string): string => readFileSync(join(folder, 'index.html'), 'latin1');

describe('installing into a viewer', () => {
  it('lays a folder and two tags over it, and takes them back byte by byte', async () => {
    const folder = await site();
    const before = contents(folder);
    expect(await install(folder, await product())).toBe('/ohif/');
    const changed = pageOf(folder);
    expect(changed).toContain('"@cranioplasty/mode":"/ohif/cranioplasty-plugin/mode.js"');
    expect(changed.indexOf('importmap')).toBeLessThan(changed.indexOf('app-config.js'));
    expect(gunzipSync(readFileSync(join(folder, 'index.html.gz'))).toString('latin1')).toBe(
      changed,
    );
    const plugin = join(folder, PLUGIN_FOLDER);
    expect(readdirSync(plugin).sort()).toEqual([
      'extension.js',
      'host.js',
      'installation.json',
      'mode.js',
      'models',
      'originals',
    ]);
    expect(readdirSync(join(plugin, 'models')).sort()).toEqual(['atlas', 'lite']);
    const host = readFileSync(join(plugin, 'host.js'), 'utf8');
    expect(host).toContain('"modelsUrl":"/ohif/cranioplasty-plugin/models/"');
    await uninstall(folder);
    expect(contents(folder)).toEqual(before);
  });

  it('replaces an installation that is there', async () => {
    const folder = await site();
    const before = contents(folder);
    await install(folder, await product());
    const once = contents(folder);
    await install(folder, { ...(await product()), modelNames: ['atlas', 'other'] });
    expect(contents(folder)).toEqual(once);
    expect(existsSync(join(folder, PLUGIN_FOLDER, 'models/lite'))).toBe(false);
    await uninstall(folder);
    expect(contents(folder)).toEqual(before);
  });

  it('refuses a build that it does not know, with all that it missed, and changes nothing', async () => {
    const folder = await site([
      'react/index.js',
      'vtk.js/Common/Core/DataArray.js',
      'segmentation',
    ]);
    const before = contents(folder);
    await expect(install(folder, await product())).rejects.toThrow(
      /is not a build of OHIF that the product knows: .* contain "react" exactly once .*; .*DataArray" exactly once .*; its segmentation mode has no modeInstance/,
    );
    expect(contents(folder)).toEqual(before);
  });

  it('refuses a folder without a viewer', async () => {
    const folder = await temporaryFolder();
    await expect(install(folder, await product())).rejects.toThrow('has no index.html');
    await writeFile(join(folder, 'index.html'), '<html><head></head></html>');
    await expect(install(folder, await product())).rejects.toThrow('holds no app.bundle.*.js');
    await expect(uninstall(folder)).rejects.toThrow('holds no installation');
  });

  it('leaves nothing behind when a model is missing', async () => {
    const folder = await site();
    const before = contents(folder);
    const wrong = { ...(await product()), modelNames: ['atlas', 'none'] };
    await expect(install(folder, wrong)).rejects.toThrow('There is no model "none" to install.');
    expect(contents(folder)).toEqual(before);
  });

  it('takes only its tags out of a page that was changed since', async () => {
    const folder = await site();
    const original = pageOf(folder);
    await install(folder, await product());
    await writeFile(
      join(folder, 'index.html'),
      pageOf(folder).replace('OHIF Viewer', 'Ward 5'),
      'latin1',
    );
    await uninstall(folder);
    expect(pageOf(folder)).toBe(original.replace('OHIF Viewer', 'Ward 5'));
  });

  it('keeps a page that was replaced since', async () => {
    const folder = await site();
    await install(folder, await product());
    await writeFile(join(folder, 'index.html'), '<html>new</html>');
    await uninstall(folder);
    expect(pageOf(folder)).toBe('<html>new</html>');
    expect(existsSync(join(folder, PLUGIN_FOLDER))).toBe(false);
  });

  it('takes nothing back from an original that was changed', async () => {
    const folder = await site();
    await install(folder, await product());
    await writeFile(join(folder, PLUGIN_FOLDER, 'originals/index.html'), 'other');
    await expect(uninstall(folder)).rejects.toThrow('The original of index.html');
    expect(pageOf(folder)).toContain('importmap');
  });
});

describe('the start page', () => {
  it.each([
    ['window.PUBLIC_URL="/"', '/'],
    ["window.PUBLIC_URL = '/a/b';", '/a/b/'],
    ['', '/'],
  ])('%s is served under %s', (page, url) => {
    expect(publicUrlOf(page)).toBe(url);
  });

  it.each(['https://cdn.example/', '//cdn.example/', './'])('refuses PUBLIC_URL %s', (url) => {
    expect(() => publicUrlOf(`PUBLIC_URL="${url}"`)).toThrow('a path on the page');
  });

  it('is refused without a head, or with an import map of its own', () => {
    expect(() => withTags('<html><header></header></html>', 'x')).toThrow('has no <head>');
    const own = '<head><script type="importmap">{}</script></head>';
    expect(() => withTags(own, 'x')).toThrow('an import map of its own');
    expect(withTags('<head lang="en"></head>', 'x')).toBe('<head lang="en">x</head>');
  });
});
