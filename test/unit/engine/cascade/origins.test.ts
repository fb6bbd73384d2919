import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '../../../../extension/src/engine/cascade/manifest.ts';
import { loadModel, loadPrior } from '../../../../extension/src/engine/cascade/model.ts';
import { loadOrigins } from '../../../../extension/src/engine/cascade/origins.ts';
import {
  readJson,
  sha256,
  type ModelSource,
} from '../../../../extension/src/engine/space/files.ts';
import type { Atlas } from '../../../../extension/src/engine/pose/atlas.ts';
import { modelFolder, shippedAtlas } from '../../../support/atlasFiles.ts';

const lite = modelFolder('lite');
const manifest = await readJson<ModelManifest>(lite, 'model.json');
const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const sameBone = ({ bone: a }: Atlas, { bone: b }: Atlas): boolean =>
  a.distance.length === b.distance.length && a.distance.every((d, i) => d === b.distance[i]);

/** The folder of `lite` with some files in the place of its own; undefined ones are missing. */
function changed(files: Readonly<Record<string, Uint8Array | undefined>>): ModelSource {
  return {
    read: async (file) => {
      if (!(file in files)) return lite.read(file);
      const bytes = files[file];
      if (!bytes) throw new Error(`${file}: HTTP 404`);
      return bytes;
    },
  };
}

describe('what a model was made with', () => {
  it.each(['lite', 'ct-lite', 'ct-base'])('is named by %s, with hash and licence', async (name) => {
    const source = modelFolder(name);
    const { atlas, meanBone, shapePrior, licence } = await readJson<ModelManifest>(
      source,
      'model.json',
    );
    for (const origin of [atlas, meanBone, shapePrior]) {
      expect(origin?.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(['Apache-2.0', licence]).toContain(origin?.licence);
    }
    expect(atlas.licence).toBe('Apache-2.0');
    const all = await readJson<ModelManifest>(source, 'model.json');
    expect(sameBone(await loadOrigins(source, all), await shippedAtlas())).toBe(true);
  });

  it('may lie in its own folder', async () => {
    const own = { atlas: 'own-atlas.json', meanBone: 'atlas-bone.bin' };
    const source: ModelSource = {
      read: async (file) => {
        expect(file).not.toContain('/');
        if (file === own.atlas) return lite.read('../atlas/atlas.json');
        return lite.read(file.startsWith('atlas-') ? `../atlas/${file}` : file);
      },
    };
    const atlas = await loadOrigins(source, {
      ...manifest,
      atlas: { ...manifest.atlas, file: own.atlas },
      meanBone: { ...manifest.meanBone, file: own.meanBone },
    });
    expect(atlas.bone.size).toEqual([86, 86, 64]);
  });

  it('names the result: another atlas makes another model', async () => {
    const { hash } = await loadPrior(lite);
    const json = new Uint8Array([...(await lite.read('../atlas/atlas.json')), 10]);
    const other = { ...manifest, atlas: { ...manifest.atlas, sha256: await sha256(json) } };
    const files = { 'model.json': encoded(other), '../atlas/atlas.json': json };
    const loaded = await loadPrior(changed(files));
    expect(sameBone(loaded.atlas, await shippedAtlas())).toBe(true);
    expect(loaded.hash).not.toBe(hash);
  });
});

describe('a model is refused', () => {
  it.each(['../atlas/atlas.json', '../atlas/atlas-outer.bin', '../atlas/atlas-bone.bin'])(
    'if %s is another file',
    async (file) => {
      const bytes = new Uint8Array([...(await lite.read(file)), 32]);
      await expect(loadOrigins(changed({ [file]: bytes }), manifest)).rejects.toMatchObject({
        code: 'model-tampered',
        message: expect.stringMatching(/does not match the hash .* install the model again/),
      });
    },
  );

  it.each(['../atlas/atlas.json', '../atlas/atlas-inner.bin'])('if %s is missing', async (file) => {
    await expect(loadOrigins(changed({ [file]: undefined }), manifest)).rejects.toMatchObject({
      code: 'model-unavailable',
    });
  });

  it('if its mean bone is not that of its atlas', async () => {
    const meanBone = { ...manifest.meanBone, sha256: '0'.repeat(64) };
    const elsewhere = { ...manifest.meanBone, file: 'atlas-bone.bin' };
    for (const other of [meanBone, elsewhere])
      await expect(loadOrigins(lite, { ...manifest, meanBone: other })).rejects.toMatchObject({
        code: 'model-invalid',
        message: expect.stringContaining('mean bone'),
      });
  });

  const { meanBone: _, ...without } = manifest;
  const { licence: __, ...unlicensed } = manifest.meanBone;
  it.each([
    ['its mean bone', without],
    ['the licence of its mean bone', { ...manifest, meanBone: unlicensed }],
    // As manifests were until 2026-11-27.
    ['its atlas but for three hashes', { ...without, atlas: { sha256: ['0'.repeat(64)] } }],
    ['its atlas', { ...manifest, atlas: undefined }],
  ])('if its manifest does not name %s', async (_what, older) => {
    const files = { 'model.json': encoded(older) };
    for (const load of [loadModel, loadPrior])
      await expect(load(changed(files))).rejects.toMatchObject({
        code: 'model-invalid',
        message: expect.stringMatching(/lite does not say with which atlas .* install a newer/),
      });
  });

  it.each([
    '/atlas/atlas.json',
    '../../atlas/atlas.json',
    '../.hidden/atlas.json',
    'https://elsewhere.example/atlas.json',
    '..\\atlas\\atlas.json',
    '../atlas/',
  ])('if it names %s', async (file) => {
    const atlas = { ...manifest.atlas, file };
    await expect(loadOrigins(lite, { ...manifest, atlas })).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('neither in its own folder nor in one beside it'),
    });
  });
});
