import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore } from './store/fileStore.ts';

/** Puts the demonstration study into a store that is empty. Returns the number of objects. */
export async function seedDemo(store: FileStore, folder: string): Promise<number> {
  if (store.size > 0) return 0;
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  const files = names.filter((name) => name.endsWith('.dcm')).sort();
  for (const name of files) await store.put(await readFile(join(folder, name)));
  return files.length;
}
