import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, type Running } from './childProcess.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface ViewerServer extends Running {
  /** Origin of the page, without a trailing slash. */
  readonly origin: string;
  /** Where DICOMweb is offered. */
  readonly dicomweb: string;
}

interface ViewerOptions {
  readonly pacs?: string;
  /** A folder of DICOM files to begin with, which becomes the store; the demonstration study if there is none. */
  readonly store?: string;
}

/** Starts the viewer as `npm start` does, on a free port with a store of its own, which is removed at the end. */
export async function startViewer(options: ViewerOptions = {}): Promise<ViewerServer> {
  const data = options.store ?? (await mkdtemp(join(tmpdir(), 'cranioplasty-store-')));
  const args = ['--import', 'tsx', 'viewer/src/main.ts', '--port', '0', '--data', data];
  if (options.pacs) args.push('--dicomweb', options.pacs);
  const { line, stop } = await start(process.execPath, args, {
    cwd: root,
    ready: (text) => text.startsWith('http://'),
  });
  const origin = new URL(line).origin;
  return {
    origin,
    dicomweb: `${origin}${options.pacs ? new URL(options.pacs).pathname : '/dicomweb'}`,
    async stop() {
      await stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
