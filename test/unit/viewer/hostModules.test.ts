import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createHostScript } from '../../../viewer/build/hostModules.mjs';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const ohifDist = join(
  dirname(createRequire(import.meta.url).resolve('@ohif/app/package.json')),
  'dist',
);

describe('the modules that the viewer lends', () => {
  it('are all found in the installed viewer', () => {
    const script = createHostScript(ohifDist, []);
    for (const name of ['react', '@cornerstonejs/core', '@ohif/ui-next', '@ohif/i18n']) {
      expect(script).toContain(JSON.stringify(name));
    }
  });

  it('fail the build when the viewer is another release', async () => {
    const dist = await temporaryFolder();
    await writeFile(
      join(dist, 'app.bundle.0123456789abcdef.js'),
      'var chunkLoadingGlobal = globalThis["rspackChunk"]',
    );
    expect(() => createHostScript(dist, [])).toThrow('does not contain "react" exactly once');
  });

  it('fail the build when a source imports what the viewer does not have', async () => {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    const source = join(folder, 'panel.tsx');
    await writeFile(source, "import { Button, Flux } from '@ohif/ui-next';");
    expect(() => createHostScript(ohifDist, [source])).toThrow(
      'has no "Flux", which the product imports',
    );
  });
});
