import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from '@playwright/test';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const ortFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const types: Record<string, string> = {
  js: 'text/javascript',
  wasm: 'application/wasm',
  html: 'text/html',
};

export interface Harness {
  /** Opens a page whose `harness(question)` asks the worker under test. */
  open(options?: { isolated?: boolean; chromiumFlags?: string[] }): Promise<Page>;
  close(): Promise<void>;
}

/** Serves the backend, bundled as a worker, to real Chromium, with and without isolation. */
export async function startHarness(): Promise<Harness> {
  const bundle = await build({
    entryPoints: [join(here, 'harnessWorker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['onnxruntime-web-use-extern-wasm'],
  });
  const page = `<!doctype html><script type="module">
    const worker = new Worker('/worker.js', { type: 'module' });
    let last = 0;
    globalThis.harness = (question) => new Promise((resolve) => {
      const id = ++last;
      worker.addEventListener('message', function listen({ data }) {
        if (data.id !== id) return;
        worker.removeEventListener('message', listen);
        resolve(data.answer);
      });
      worker.postMessage({ id, ...question });
    });
  </script>`;

  const content = (path: string): string | Uint8Array => {
    if (path === '/') return page;
    if (path === '/worker.js') return bundle.outputFiles[0].contents;
    if (path.startsWith('/fixtures/')) return readFileSync(join(here, path));
    // The build calls ONNX Runtime's program .js.
    return readFileSync(join(ortFolder, path.slice(1).replace(/^(ort-.*)\.js$/, '$1.mjs')));
  };
  const servers = await Promise.all([true, false].map((isolated) => serve(content, isolated)));
  const browsers: Browser[] = [];
  return {
    async open({ isolated = true, chromiumFlags = [] } = {}) {
      const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', ...chromiumFlags],
      });
      browsers.push(browser);
      const tab = await browser.newPage();
      const address = servers[isolated ? 0 : 1].address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      await tab.goto(`http://127.0.0.1:${address.port}/`);
      return tab;
    },
    async close() {
      await Promise.all(browsers.map((browser) => browser.close()));
      servers.forEach((server) => server.close());
    },
  };
}

function serve(content: (path: string) => string | Uint8Array, isolated: boolean): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    try {
      const body = content(path);
      response.setHeader('content-type', types[path.split('.').pop() ?? ''] ?? 'text/html');
      if (isolated) {
        response.setHeader('cross-origin-opener-policy', 'same-origin');
        response.setHeader('cross-origin-embedder-policy', 'require-corp');
        response.setHeader('cross-origin-resource-policy', 'same-origin');
      }
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
