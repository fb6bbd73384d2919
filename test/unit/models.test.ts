import { dateAndTime } from '../../extension/src/dateAndTime.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { installedModels } from '../../cli/src/modelFolder.ts';
import type { ModelManifest } from '../../extension/src/engine/cascade/manifest.ts';
import {
  defaultModel,
  describeModel,
  seriesDescriptionOf,
  shippedModels,
  termsOf,
} from '../../extension/src/models.ts';
import { modelChoices } from '../../extension/src/panel/format.ts';
import { listInstalledModels } from '../../extension/src/services/installedModels.ts';

const folder = new URL('../../models/', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const manifestOf = (name: string) => JSON.parse(textOf(`${name}/model.json`)) as ModelManifest;
const restricted = shippedModels.filter((name) => name !== 'lite');

describe('the models of this project', () => {
  it('are those that the panel and the command line know, with the default among them', () => {
    expect(installedModels().sort()).toEqual([...shippedModels].sort());
    expect(shippedModels).toContain(defaultModel);
    expect(defaultModel).toBe('ct-lite');
  });

  it.each(restricted)('%s says what its licence demands wherever it is looked up', (name) => {
    const manifest = manifestOf(name);
    expect(termsOf(manifest)).toBe('CC-BY-NC-SA-4.0, non-commercial research use');
    expect(manifest.attribution).toMatch(/SkullFix.*CQ500/);
    for (const file of ['LICENSE', 'README.md'])
      for (const words of [
        'CC BY-NC-SA 4.0',
        /non-commercial research use/i,
        'SkullFix',
        'Chilamkurthy',
        /Research use only/,
      ])
        expect(textOf(`${name}/${file}`)).toMatch(words);
    expect(textOf(`${name}/LICENSE`)).toContain(
      'https://creativecommons.org/licenses/by-nc-sa/4.0/legalcode',
    );
  });

  it('lite is free', () => {
    const manifest = manifestOf('lite');
    expect(manifest.licence).toBe('Apache-2.0');
    expect(termsOf(manifest)).toBeUndefined();
  });
});

describe('a model in words', () => {
  const lite = { name: 'lite', version: '1.4.0', hash: 'ab', licence: 'Apache-2.0' };
  const ct = {
    ...lite,
    name: 'ct-base',
    licence: 'CC-BY-NC-SA-4.0',
    use: 'non-commercial research use',
  };

  it('has the terms beside its name only where the use is restricted', () => {
    expect(describeModel(lite)).toBe('lite 1.4.0');
    expect(describeModel(ct)).toBe('ct-base 1.4.0 (CC-BY-NC-SA-4.0, non-commercial research use)');
    expect(termsOf({ use: 'no use' })).toBe('no use');
  });

  it('keeps the restriction in the 64 characters of a series description', () => {
    expect(seriesDescriptionOf(lite)).toBe('Cranioplasty lite 1.4.0 (research)');
    const description = seriesDescriptionOf(ct);
    expect(description).toBe('Cranioplasty, non-commercial research use: ct-base 1.4.0');
    expect(description.length).toBeLessThanOrEqual(64);
    const long = seriesDescriptionOf({ ...ct, name: 'a-name-of-many-words-and-of-thirty-two' });
    expect(long.slice(0, 64)).toContain('non-commercial research use');
  });

  it('tells results of one model apart by date and time, of which nothing is cut off', () => {
    const at = dateAndTime(new Date(2026, 10, 7, 9, 5));
    expect(at).toBe('2026-11-07 09:05');
    expect(seriesDescriptionOf(lite, at)).toBe(
      'Cranioplasty 2026-11-07 09:05 lite 1.4.0 (research)',
    );
    expect(seriesDescriptionOf(ct, at)).toBe(
      'Cranioplasty 2026-11-07 09:05, non-commercial research use',
    );
  });
});

describe('what the panel offers', () => {
  const site: typeof fetch = async (address) => {
    const [, name] = /models\/([^/]+)\/model\.json$/.exec(String(address)) ?? [];
    if (name === 'page') return new Response('<html></html>');
    if (name === 'down') throw new TypeError('network');
    if (!shippedModels.includes(name)) return new Response('', { status: 404 });
    return new Response(textOf(`${name}/model.json`));
  };
  const list = (...names: string[]) => listInstalledModels('http://host/models/', names, site);

  it('is what the site serves', async () => {
    const found = await list('ct-base', 'gone', 'page', 'down', 'lite');
    expect(found.map(({ folder: name }) => name)).toEqual(['ct-base', 'lite']);
    expect(found.map(termsOf)).toEqual(['CC-BY-NC-SA-4.0, non-commercial research use', undefined]);
    expect(modelChoices(found, 'lite')).toEqual([
      { key: 'ct-base', label: expect.stringMatching(/^ct-base .*0\.4 mm, slow without a GPU/) },
      { key: 'lite', label: expect.stringMatching(/^lite .*0\.8 mm\)$/) },
    ]);
  });

  it('keeps the chosen model in sight when it is not there', async () => {
    const found = await list('lite');
    expect(modelChoices(found, 'ct-lite').map(({ label }) => label)[0]).toBe(
      'ct-lite (not installed)',
    );
    // Before the site answered.
    expect(modelChoices(undefined, 'ct-lite')).toEqual([{ key: 'ct-lite', label: 'ct-lite' }]);
  });
});
