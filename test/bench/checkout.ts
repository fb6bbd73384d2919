import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This checkout. */
export const here = fileURLToPath(new URL('../../', import.meta.url));

const git = (...args: string[]): void => {
  execFileSync('git', ['-C', here, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
};

/** Another commit in a folder of its own, with the packages that are installed here. */
export function checkOut(reference: string): { readonly root: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'cranioplasty-bench-'));
  const root = join(folder, 'checkout');
  git('worktree', 'add', '--detach', root, reference);
  symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  return {
    root,
    remove: () => {
      git('worktree', 'remove', '--force', root);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
