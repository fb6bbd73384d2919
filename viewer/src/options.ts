import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

/** What the user asked for on the command line. */
export interface ViewerOptions {
  readonly port: number;
  readonly data: string;
  /** A PACS to use instead of the embedded store. */
  readonly dicomweb?: URL;
  readonly demo: boolean;
}

/** Bad usage; the message is the one line that the user sees. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export const USAGE = `Usage: npm start -- [options]
  --port N          port on the loopback address (default 3000)
  --data DIR        folder of the embedded DICOMweb store (default viewer/data/store)
  --dicomweb URL    use this PACS instead, for example http://127.0.0.1:8042/dicom-web
  --no-demo         do not put the demonstration study into an empty store
  --help`;

const DEFAULT_PORT = 3000;

/** Paths that belong to the viewer itself. */
const TAKEN = /^\/(cranioplasty|cranioplasty-plugin|models|assets|viewer|)(\/|$)/;

function parsePacs(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(
      `--dicomweb: "${text}" is not an address such as http://127.0.0.1:8042/dicom-web`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(
      `--dicomweb: only http and https addresses can be used, not ${url.protocol}`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  if (TAKEN.test(url.pathname)) {
    throw new UsageError(
      `--dicomweb: the address needs the path of the DICOMweb service, for example ${url.origin}/dicom-web`,
    );
  }
  return url;
}

/**
 * Reads the command line.
 * @returns undefined if only help was asked for
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  defaultData: string,
): ViewerOptions | undefined {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: String(DEFAULT_PORT) },
        data: { type: 'string', default: defaultData },
        dicomweb: { type: 'string' },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return undefined;
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`--port: "${values.port}" is not a port number`);
  }
  return {
    port,
    data: resolve(values.data),
    dicomweb: values.dicomweb === undefined ? undefined : parsePacs(values.dicomweb),
    demo: !values['no-demo'],
  };
}
