import { readdir, readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, type Running } from './childProcess.ts';

const demo = fileURLToPath(new URL('../../../viewer/demo/', import.meta.url));
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

export interface Orthanc extends Running {
  /** Address of its DICOMweb service. */
  readonly dicomweb: string;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function store(url: string, file: string): Promise<void> {
  const response = await fetch(`${url}/instances`, {
    method: 'POST',
    body: new Uint8Array(await readFile(file)),
  });
  if (!response.ok) throw new Error(`Orthanc refused ${file}: ${response.status}`);
}

/** Starts Debian's Orthanc with its DICOMweb plugin on free loopback ports, holding the demonstration study. */
export async function startOrthanc(): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'cranioplasty-orthanc-'));
  const [http, dicom] = [await freePort(), await freePort()];
  const configuration = {
    Name: 'test',
    StorageDirectory: folder,
    IndexDirectory: folder,
    HttpPort: http,
    DicomPort: dicom,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    Plugins: [PLUGIN],
    DicomWeb: { Enable: true, Root: '/dicom-web/' },
  };
  const path = join(folder, 'orthanc.json');
  await writeFile(path, JSON.stringify(configuration));
  const { stop } = await start('Orthanc', [path], {
    ready: (line) => line.includes('Orthanc has started'),
  });
  const url = `http://127.0.0.1:${http}`;
  const files = (await readdir(demo, { recursive: true })).filter((name) => name.endsWith('.dcm'));
  for (const file of files) await store(url, join(demo, file));
  return {
    dicomweb: `${url}/dicom-web`,
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
