import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What npm or npx prints, its own news of newer versions left out. */
function run(program: 'npm' | 'npx', ...words: string[]): [stdout: string, stderr: string] {
  const { stdout, stderr } = spawnSync(program, words, {
    cwd: root,
    encoding: 'utf8',
    shell: true,
    env: { ...process.env, npm_config_update_notifier: 'false' },
  });
  return [stdout.trim(), stderr];
}

it('npm warns of nothing in the project’s configuration, and runs no script of a package', () => {
  expect(run('npm', 'config', 'get', 'ignore-scripts')).toEqual(['true', '']);
});

it('npx cranioplasty says what it is asked and nothing else', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'cli/package.json'), 'utf8')) as {
    version: string;
  };
  expect(run('npx', '--no-install', 'cranioplasty', '--version')).toEqual([version, '']);
});
