import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../extension/src/engine/space/files.ts';
import { CachedModelSource } from '../../../extension/src/worker/CachedModelSource.ts';

const folder = 'http://localhost/models/lite/';
const weights = new Uint8Array([1, 2, 3, 4]);

/** Just enough of the Cache API. */
class FakeCaches {
  readonly entries = new Map<string, Uint8Array>();
  async open() {
    const { entries } = this;
    return {
      async match(key: string) {
        const bytes = entries.get(key);
        return bytes && new Response(bytes as BufferSource);
      },
      async put(key: string, response: Response) {
        entries.set(key, new Uint8Array(await response.arrayBuffer()));
      },
      async delete(key: string, options?: { ignoreSearch?: boolean }) {
        for (const entry of [...entries.keys()]) {
          if (entry === key || (options?.ignoreSearch && entry.split('?')[0] === key)) {
            entries.delete(entry);
          }
        }
        return true;
      },
    };
  }
}

let files: Record<string, Uint8Array | string>;
let caches: FakeCaches;
let requests: string[];

beforeEach(async () => {
  requests = [];
  caches = new FakeCaches();
  files = {
    'model.json': JSON.stringify({
      coarse: { file: 'coarse.onnx', sha256: await sha256(weights) },
    }),
    'coarse.onnx': weights,
  };
  vi.stubGlobal('fetch', async (address: string) => {
    const file = address.slice(folder.length);
    requests.push(file);
    const content = files[file];
    return content === undefined
      ? new Response('', { status: 404 })
      : new Response(content as BodyInit);
  });
});
afterEach(() => vi.unstubAllGlobals());

const source = () => new CachedModelSource(folder, caches as unknown as CacheStorage);

describe('CachedModelSource', () => {
  it('keeps the files of a folder beside it by their hashes, for every model that names them', async () => {
    const bone = { file: 'bone.bin', sha256: await sha256(weights) };
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (address: string) => {
      asked.push(address);
      return new Response(
        address.endsWith('.json') ? JSON.stringify({ bone }) : (weights as BodyInit),
      );
    });
    for (const model of ['lite', 'other']) {
      const source = new CachedModelSource(
        `http://localhost/models/${model}/`,
        caches as unknown as CacheStorage,
      );
      await source.read('../atlas/atlas.json');
      expect(await source.read('../atlas/bone.bin')).toEqual(weights);
    }
    const atlas = 'http://localhost/models/atlas';
    expect(asked).toEqual([`${atlas}/atlas.json`, `${atlas}/bone.bin`, `${atlas}/atlas.json`]);
  });

  it('fetches weights once and the manifest every time', async () => {
    for (let visit = 0; visit < 2; visit++) {
      const visitor = source();
      await visitor.read('model.json');
      expect(await visitor.read('coarse.onnx')).toEqual(weights);
    }
    expect(requests).toEqual(['model.json', 'coarse.onnx', 'model.json']);
  });

  it('does not take an older version for the new one, and drops it', async () => {
    const first = source();
    await first.read('model.json');
    await first.read('coarse.onnx');
    const newer = new Uint8Array([5, 6]);
    files['coarse.onnx'] = newer;
    files['model.json'] = JSON.stringify({
      coarse: { file: 'coarse.onnx', sha256: await sha256(newer) },
    });
    const second = source();
    await second.read('model.json');
    expect(await second.read('coarse.onnx')).toEqual(newer);
    expect(caches.entries.size).toBe(1);
  });

  it('heals a damaged entry', async () => {
    const first = source();
    await first.read('model.json');
    await first.read('coarse.onnx');
    const [key] = caches.entries.keys();
    caches.entries.set(key, new Uint8Array([9]));
    const second = source();
    await second.read('model.json');
    expect(await second.read('coarse.onnx')).toEqual(weights);
  });

  it('never stores what does not match its hash', async () => {
    files['coarse.onnx'] = new Uint8Array([66]);
    const visitor = source();
    await visitor.read('model.json');
    expect(await visitor.read('coarse.onnx')).toEqual(new Uint8Array([66]));
    expect(caches.entries.size).toBe(0);
  });

  it('reports a missing file', async () => {
    await expect(source().read('fine.onnx')).rejects.toThrow('HTTP 404');
  });
});
