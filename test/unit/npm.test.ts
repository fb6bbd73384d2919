import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('npm warns of nothing in the project’s configuration, and runs no script of a package', () => {
  const npm = (...words: string[]) => {
    const { stdout, stderr } = spawnSync('npm', words, {
      cwd: root,
      encoding: 'utf8',
      shell: true,
    });
    return [stdout.trim(), stderr];
  };
  expect(npm('config', 'get', 'ignore-scripts')).toEqual(['true', '']);
});
