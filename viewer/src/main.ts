import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './ensureBuild.ts';
import { parseOptions, USAGE, UsageError, type ViewerOptions } from './options.ts';
import { seedDemo } from './seedDemo.ts';
import { checkoutFolders, createApp, type AppOptions } from './server/app.ts';
import { createPacsProxy, shownAddress } from './server/pacsProxy.ts';
import { createDicomwebRouter } from './store/dicomwebRouter.ts';
import { FileStore } from './store/fileStore.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const LOOPBACK = '127.0.0.1';
const EMBEDDED_PATH = '/dicomweb';
/** A browser opens six. */
const MOST_CONNECTIONS = 256;

const report = (message: string) => console.error(message);

async function openDicomweb(
  options: ViewerOptions,
): Promise<Pick<AppOptions, 'dicomwebPath' | 'dicomwebName' | 'dicomweb'>> {
  if (options.dicomweb) {
    return {
      dicomwebPath: options.dicomweb.pathname,
      dicomwebName: `PACS at ${shownAddress(options.dicomweb)}`,
      dicomweb: createPacsProxy(options.dicomweb),
    };
  }
  const store = await FileStore.open(options.data, report);
  if (options.demo) await seedDemo(store, join(root, 'viewer/demo'));
  return {
    dicomwebPath: EMBEDDED_PATH,
    dicomwebName: 'Embedded store',
    dicomweb: createDicomwebRouter(store, report),
  };
}

function locateOhif(): string {
  const dist = join(
    dirname(createRequire(import.meta.url).resolve('@ohif/app/package.json')),
    'dist',
  );
  if (!existsSync(join(dist, 'index.html'))) {
    throw new Error('The prebuilt viewer is missing: run "npm ci" first.');
  }
  return dist;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), join(root, 'viewer/data/store'));
  if (!options) {
    console.log(USAGE);
    return;
  }
  const ohifDist = locateOhif();
  const [dicomweb] = await Promise.all([openDicomweb(options), ensureBuild(root)]);
  const app = createApp({ ...checkoutFolders(root, ohifDist), ...dicomweb, report });
  const server = app.listen(options.port, LOOPBACK, (error?: Error) => {
    if (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      fail(
        taken
          ? new UsageError(`Port ${options.port} is in use: choose another with --port`)
          : error,
      );
      return;
    }
    server.maxConnections = MOST_CONNECTIONS;
    const { port } = server.address() as AddressInfo;
    console.log(`http://${LOOPBACK}:${port}/`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}

main().catch(fail);
