import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createSiteConfigScript } from '../../../viewer/src/install/siteConfig.ts';

type Config = Record<string, unknown>;
/** As the viewer loads it. */
const extension = { id: '@cranioplasty/extension' };
const ours = [extension, { modelsUrl: '/cranioplasty-plugin/models/' }];

/** Runs the site's script as the page does and asks for the configuration as the viewer does. */
async function configured(siteScript: string) {
  const page = createContext({});
  runInContext(createSiteConfigScript('/'), page);
  runInContext(siteScript, page);
  const imported: string[] = [];
  const peerImport = async (name: string) => {
    imported.push(name);
    return { id: name };
  };
  const found = runInContext('globalThis.config', page) as (tools: object) => Promise<Config>;
  const config = typeof found === 'function' ? await found({ peerImport }) : found;
  return { config: JSON.parse(JSON.stringify(config ?? null)) as Config, imported, found };
}

describe('a site’s configuration', () => {
  it('gets the extension and the mode, after the stock extensions are loaded', async () => {
    const { config, imported, found } = await configured(
      "config = { name: 'site', length: 3, routerBasename: '/x', extensions: ['a'], modes: ['m'] }",
    );
    expect(config).toEqual({
      name: 'site',
      length: 3,
      routerBasename: '/x',
      extensions: ['a', ours],
      modes: ['m', '@cranioplasty/mode'],
    });
    expect(imported).toEqual([
      '@ohif/extension-default',
      '@ohif/extension-cornerstone',
      '@ohif/extension-cornerstone-dicom-seg',
      '@cranioplasty/extension',
    ]);
    expect({ ...found }).toMatchObject({ name: 'site', routerBasename: '/x' });
  });

  it('may be a function, have no lists, or be changed afterwards', async () => {
    const made = await configured('config = async ({ peerImport }) => ({ ok: typeof peerImport })');
    expect(made.config).toEqual({
      ok: 'function',
      extensions: [ours],
      modes: ['@cranioplasty/mode'],
    });
    const changed = await configured('config = { a: 1 }; config.a = 2; config.b = 3;');
    expect(changed.config).toMatchObject({ a: 2, b: 3 });
  });

  it('may list the product itself, with options', async () => {
    const { config } = await configured(
      "config = { extensions: [['@cranioplasty/extension', { model: 'lite' }], 'a'], modes: ['@cranioplasty/mode'] }",
    );
    expect(config).toEqual({
      extensions: ['a', [ours[0], { modelsUrl: '/cranioplasty-plugin/models/', model: 'lite' }]],
      modes: ['@cranioplasty/mode'],
    });
  });

  it('is left alone where it is none', async () => {
    expect((await configured('config = null')).config).toBeNull();
  });
});
