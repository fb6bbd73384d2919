// A thread of the command line that helps with a reconstruction. It runs its sources in one piece: loading them one by
// one, as the program itself does, would cost each thread 40 MB and a third of a second.
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const { outputFiles } = buildSync({
  entryPoints: [fileURLToPath(new URL('../src/helperThread.ts', import.meta.url))],
  ...{ bundle: true, write: false, platform: 'node', format: 'esm' },
});
await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
