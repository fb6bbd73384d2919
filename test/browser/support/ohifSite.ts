import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { seedDemo } from '../../../viewer/src/seedDemo.ts';
import { isolate } from '../../../viewer/src/server/isolation.ts';
import { createDicomwebRouter } from '../../../viewer/src/store/dicomwebRouter.ts';
import { FileStore } from '../../../viewer/src/store/fileStore.ts';
import type { Running } from './childProcess.ts';

const demo = fileURLToPath(new URL('../../../viewer/demo', import.meta.url));

/** Serves a site under a path as any web server would, beside a PACS with the demonstration study. */
export async function serveSite(
  folder: string,
  path: string,
): Promise<Running & { readonly origin: string }> {
  const data = await mkdtemp(join(tmpdir(), 'cranioplasty-store-'));
  const store = await FileStore.open(data, console.error);
  await seedDemo(store, demo);
  const app = express();
  app.use(isolate);
  app.use('/dicomweb', createDicomwebRouter(store, console.error));
  app.use(path, express.static(folder, { index: false }));
  app.use((request, response) => {
    if (/\.\w+$/.test(request.path)) response.sendStatus(404);
    else response.sendFile(join(folder, 'index.html'));
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await rm(data, { recursive: true, force: true });
    },
  };
}
