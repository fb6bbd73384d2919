import { sha256, type ModelSource } from '../engine/space/files.ts';

/**
 * Reads a model's folder over HTTP and keeps its files by their hash, so that weights travel once
 * and a new version is never mistaken for the old one. JSON files name the hashes and are always
 * asked for again. The engine verifies whatever is returned; the cache checks its own entries only
 * so that a damaged one heals instead of refusing for ever.
 */
export class CachedModelSource implements ModelSource {
  private readonly folder: string;
  private readonly hashes = new Map<string, string>();
  private readonly caches: CacheStorage | undefined;

  constructor(folder: string, caches: CacheStorage | undefined = globalThis.caches) {
    this.folder = folder.endsWith('/') ? folder : `${folder}/`;
    this.caches = caches;
  }

  async read(file: string): Promise<Uint8Array> {
    if (file.endsWith('.json')) {
      const bytes = await this.download(file, 'no-cache');
      // Its files lie beside it, which may be in another folder: "../atlas/atlas.json".
      const beside = file.slice(0, file.lastIndexOf('/') + 1);
      this.collectHashes(JSON.parse(new TextDecoder().decode(bytes)), beside);
      return bytes;
    }
    const hash = this.hashes.get(file);
    const cache = hash ? await this.openCache() : undefined;
    if (!hash || !cache) return this.download(file, 'default');

    const address = this.addressOf(file);
    const key = `${address}?sha256=${hash}`;
    const stored = await cache.match(key);
    if (stored) {
      const bytes = new Uint8Array(await stored.arrayBuffer());
      if ((await sha256(bytes)) === hash) return bytes;
    }
    // Drops a damaged entry and every older version of the file.
    await cache.delete(address, { ignoreSearch: true });
    const bytes = await this.download(file, 'no-cache');
    if ((await sha256(bytes)) === hash) {
      // A full disk must not stop a reconstruction: the cache is a convenience.
      await cache.put(key, new Response(bytes as BufferSource)).catch(() => undefined);
    }
    return bytes;
  }

  private async openCache(): Promise<Cache | undefined> {
    try {
      return await this.caches?.open('cranioplasty-models');
    } catch {
      return undefined;
    }
  }

  private async download(file: string, cache: RequestCache): Promise<Uint8Array> {
    const response = await fetch(this.addressOf(file), { cache, credentials: 'same-origin' });
    if (!response.ok) throw new Error(`${file}: HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** The same for a file of another folder, whichever model names it. */
  private addressOf(file: string): string {
    return new URL(file, this.folder).href;
  }

  /** Manifests name a file and its hash side by side, at whatever depth. */
  private collectHashes(value: unknown, beside: string): void {
    if (value === null || typeof value !== 'object') return;
    const { file, sha256: hash } = value as { file?: unknown; sha256?: unknown };
    if (typeof file === 'string' && typeof hash === 'string') this.hashes.set(beside + file, hash);
    for (const child of Object.values(value)) this.collectHashes(child, beside);
  }
}
