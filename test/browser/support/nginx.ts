import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { start, type Running } from './childProcess.ts';

/** Debian keeps it where not everybody's path leads. */
const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** The web server, as the variable NGINX names it or the system has it; undefined if there is none. */
export function findNginx(): string | undefined {
  const { NGINX } = process.env;
  const found = NGINX ? [NGINX] : places.map((folder) => join(folder, 'nginx'));
  return found.find((path) => existsSync(path));
}

export function nginxVersion(nginx: string): string {
  return spawnSync(nginx, ['-v'], { encoding: 'utf8' }).stderr.trim();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Media types as the distribution lists them, beside a copy that was unpacked by hand, too. */
function mediaTypes(nginx: string): string {
  const unpacked = join(dirname(nginx), '../../etc/nginx/mime.types');
  return existsSync(unpacked) ? unpacked : '/etc/nginx/mime.types';
}

/**
 * As a site would write it: the viewer under a path, unknown addresses below it answered with its page, the headers that
 * threads need, and the PACS behind the same origin.
 */
function configuration(at: {
  readonly folder: string;
  readonly port: number;
  readonly types: string;
  readonly root: string;
  readonly path: string;
  readonly pacs: string;
}): string {
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${at.folder}/nginx.pid;
error_log stderr notice;
events {}
http {
  include ${at.types};
  default_type application/octet-stream;
  access_log off;
  sendfile on;
  gzip on;
  gzip_static on;
  gzip_types application/javascript application/json application/wasm text/css;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${at.folder}/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${at.port};
    root ${at.root};
    location ${at.path} {
      try_files $uri ${at.path}index.html;
      add_header Cross-Origin-Opener-Policy same-origin;
      add_header Cross-Origin-Embedder-Policy require-corp;
    }
    location /dicomweb/ {
      proxy_pass ${at.pacs};
      proxy_set_header Host $http_host;
      client_max_body_size 0;
    }
  }
}
`;
}

/**
 * Serves a viewer through nginx.
 * @param root folder in which the viewer lies under `path`
 * @param pacs origin of the PACS, which has its DICOMweb under `/dicomweb/`
 */
export async function serveByNginx(
  nginx: string,
  root: string,
  path: string,
  pacs: string,
): Promise<Running & { readonly origin: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'cranioplasty-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  const types = mediaTypes(nginx);
  await writeFile(file, configuration({ folder, port, types, root, path, pacs }));
  const server = await start(nginx, ['-c', file, '-p', folder, '-e', 'stderr'], {
    ready: (line) => line.includes('start worker processes'),
  });
  // Its worker listens a moment after it is started.
  await later(200);
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
