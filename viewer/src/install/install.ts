import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createHostScript } from '../../build/hostModules.mjs';
import { InstallError, pageTags, PLUGIN_FOLDER, publicUrlOf, withTags } from './page.ts';
import { createSiteConfigScript } from './siteConfig.ts';

/** What is laid over a viewer. */
export interface Product {
  /** Folder of our bundles for a prebuilt viewer. */
  readonly bundles: string;
  /** Folder of the models and the mean skull, and which of its folders. */
  readonly models: string;
  readonly modelNames: readonly string[];
  /** Sources whose imports are compared with what the viewer has. */
  readonly sources: readonly string[];
}

/** What an installation changed in the viewer's own files. */
interface Change {
  readonly name: string;
  /** SHA-256 before and after. */
  readonly original: string;
  readonly installed: string;
}

const MANIFEST = 'installation.json';
const ORIGINALS = 'originals';
const PAGE = 'index.html';
/** Copies of the page that some servers hand out in its place. */
const COMPRESSED: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  [`${PAGE}.gz`]: (bytes) => gzipSync(bytes),
  [`${PAGE}.br`]: (bytes) => brotliCompressSync(bytes),
};

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function replace(path: string, bytes: Buffer): Promise<void> {
  const { mode } = await stat(path);
  const temporary = `${path}.cranioplasty`;
  await writeFile(temporary, bytes, { mode });
  await rename(temporary, path);
}

/** The page with our tags, and its compressed copies as far as the viewer has them. Bytes in, bytes out. */
async function changedPages(dist: string, tags: string): Promise<Map<string, Buffer>> {
  // Latin-1 keeps every byte.
  const page = Buffer.from(
    withTags((await readFile(join(dist, PAGE))).toString('latin1'), tags),
    'latin1',
  );
  const pages = new Map<string, Buffer>([[PAGE, page]]);
  for (const [name, compress] of Object.entries(COMPRESSED)) {
    if (existsSync(join(dist, name))) pages.set(name, compress(page));
  }
  return pages;
}

/** Lays our files and the originals of what will change into a folder. */
async function fill(
  folder: string,
  dist: string,
  product: Product,
  host: string,
  pages: ReadonlyMap<string, Buffer>,
): Promise<void> {
  for (const name of await readdir(product.bundles)) {
    if (name !== 'host.js' && !name.endsWith('.map')) {
      await copyFile(join(product.bundles, name), join(folder, name));
    }
  }
  for (const name of product.modelNames) {
    const source = join(product.models, name);
    if (!existsSync(source)) throw new InstallError(`There is no model "${name}" to install.`);
    await cp(source, join(folder, 'models', name), { recursive: true });
  }
  await writeFile(join(folder, 'host.js'), host);
  await mkdir(join(folder, ORIGINALS));
  const changes: Change[] = [];
  for (const [name, bytes] of pages) {
    const original = await readFile(join(dist, name));
    await writeFile(join(folder, ORIGINALS, name), original);
    changes.push({ name, original: hashOf(original), installed: hashOf(bytes) });
  }
  await writeFile(join(folder, MANIFEST), `${JSON.stringify({ changes }, null, 2)}\n`);
}

/**
 * Lays extension, mode, worker, models and host script over a build of OHIF: one folder, and two tags in the
 * start page. An installation that is there already is replaced.
 * @param dist folder of the viewer's index.html
 * @returns address under which the build is served
 * @throws UnknownViewerError if the build has not all that the product needs: nothing is changed
 * @throws InstallError
 */
export async function install(dist: string, product: Product): Promise<string> {
  const target = resolve(dist);
  if (!existsSync(join(target, PAGE))) {
    throw new InstallError(`${dist} has no index.html: give the folder of a built OHIF viewer.`);
  }
  const publicUrl = publicUrlOf(await readFile(join(target, PAGE), 'latin1'));
  const modules = createHostScript(target, product.sources);
  if (existsSync(join(target, PLUGIN_FOLDER))) await uninstall(target);
  const pages = await changedPages(target, pageTags(publicUrl));
  const folder = await mkdtemp(join(target, `.${PLUGIN_FOLDER}-`));
  try {
    await fill(folder, target, product, modules + createSiteConfigScript(publicUrl), pages);
    await rename(folder, join(target, PLUGIN_FOLDER));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  // Last, because from here on browsers ask for the rest.
  for (const [name, bytes] of pages) await replace(join(target, name), bytes);
  return publicUrl;
}

async function changesOf(folder: string, dist: string): Promise<readonly Change[]> {
  try {
    const text = await readFile(join(folder, MANIFEST), 'utf8');
    return (JSON.parse(text) as { changes: Change[] }).changes;
  } catch (cause) {
    throw new InstallError(
      `${dist} holds no installation: there is no ${PLUGIN_FOLDER}/${MANIFEST}.`,
      { cause },
    );
  }
}

/**
 * Takes an installation back: the viewer's files are what they were, byte by byte. A file that was changed or
 * replaced since is kept, without our tags.
 * @throws InstallError if there is no installation
 */
export async function uninstall(dist: string): Promise<void> {
  const target = resolve(dist);
  const folder = join(target, PLUGIN_FOLDER);
  for (const { name, original, installed } of await changesOf(folder, dist)) {
    const path = join(target, name);
    if (!existsSync(path)) continue;
    const current = await readFile(path);
    if (hashOf(current) === installed) {
      const bytes = await readFile(join(folder, ORIGINALS, name));
      if (hashOf(bytes) !== original) {
        throw new InstallError(
          `The original of ${name} in ${PLUGIN_FOLDER} was changed: nothing was taken back.`,
        );
      }
      await replace(path, bytes);
    } else if (name === PAGE) {
      const page = current.toString('latin1');
      const without = page.replace(pageTags(publicUrlOf(page)), '');
      if (without !== page) await replace(path, Buffer.from(without, 'latin1'));
    }
  }
  await rm(folder, { recursive: true });
}
