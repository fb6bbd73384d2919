import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the bundles are made of. */
const SOURCES = [
  'extension/src',
  'mode/src',
  'viewer/build',
  'webpack.config.js',
  'package-lock.json',
];
/** Written last, so that it stands for the whole build. */
const RESULT = 'viewer/dist/host.js';

async function newestChange(path: string): Promise<number> {
  const status = await stat(path);
  if (!status.isDirectory()) return status.mtimeMs;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const times = await Promise.all(
    entries.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs),
  );
  return Math.max(status.mtimeMs, ...times);
}

async function isUpToDate(root: string): Promise<boolean> {
  const built = await stat(join(root, RESULT)).catch(() => undefined);
  if (!built) return false;
  const changes = await Promise.all(SOURCES.map((source) => newestChange(join(root, source))));
  return changes.every((change) => change <= built.mtimeMs);
}

/** Builds the bundles for the viewer if they are missing or older than their sources. */
export async function ensureBuild(root: string): Promise<void> {
  if (await isUpToDate(root)) return;
  console.log('Building the extension and the mode …');
  const webpack = join(root, 'node_modules/webpack/bin/webpack.js');
  const code = await new Promise<number | null>((done, fail) => {
    const child = spawn(
      process.execPath,
      [webpack, '--config', 'webpack.config.js', '--config-name', 'viewer'],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    child.on('error', fail);
    child.on('exit', done);
  });
  if (code !== 0) throw new Error('The build failed: run "npm run build" to see why.');
}
