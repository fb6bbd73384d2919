import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UnknownViewerError } from '../build/hostModules.mjs';
import { ensureBuild } from './ensureBuild.ts';
import { install, uninstall } from './install/install.ts';
import { InstallError, PLUGIN_FOLDER } from './install/page.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const USAGE = `Usage: cranioplasty-viewer install OHIF_DIST [--models ct-lite,lite]
       cranioplasty-viewer uninstall OHIF_DIST

OHIF_DIST is the folder of index.html of a built OHIF viewer.
  --models NAMES    models to install, separated by commas (default: all)`;

/** Folders of models/ that no run needs. */
const NOT_SERVED = new Set(['training']);

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_SERVED.has(entry.name))
    .map(({ name }) => name);

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function installInto(dist: string, names: string | undefined): Promise<void> {
  await ensureBuild(root);
  const models = join(root, 'models');
  const modelNames = names ? ['atlas', ...names.split(',').filter(Boolean)] : foldersIn(models);
  const publicUrl = await install(dist, {
    bundles: join(root, 'viewer/dist'),
    models,
    modelNames,
    sources: [...sourcesIn('extension/src'), ...sourcesIn('mode/src')],
  });
  console.log(
    `Installed into ${dist}: the folder ${PLUGIN_FOLDER} and two tags in index.html, served under ${publicUrl}. ` +
      'Serve the site with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, ' +
      'without which the CPU fallback runs on one thread. Research use only, not a medical device.',
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { models: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  const [command, dist, ...more] = positionals;
  if (values.help) console.log(USAGE);
  else if (command === 'install' && dist && more.length === 0) {
    await installInto(dist, values.models);
  } else if (command === 'uninstall' && dist && more.length === 0 && values.models === undefined) {
    await uninstall(dist);
    console.log(`${dist} is what it was before the installation.`);
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const refused = error instanceof InstallError || error instanceof UnknownViewerError;
  console.error(refused || error instanceof TypeError ? message : `The program failed: ${message}`);
  process.exitCode = refused || error instanceof TypeError ? 2 : 1;
});
