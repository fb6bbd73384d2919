/**
 * A bounded attack on the demonstration's server: wildcards, encodings and bodies, then a look whether the store
 * still has every byte that it had and that it acknowledged. Not part of the tests, because it takes minutes.
 *
 *     npm run test:hostile -- [requests, 10000 by default]
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '../browser/support/childProcess.ts';
import { send, type Answer, type HostileRequest } from './client.ts';
import { hostileRequests } from './requests.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const AT_A_TIME = 16;
const MOST_MEMORY = 300;
/** Milliseconds; the disk is waited for, and the machine may be busy. */
const LONGEST_WAIT = 10_000;

async function filesOf(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    files.set(entry.name, createHash('sha256').update(bytes).digest('hex'));
  }
  return files;
}

/** Largest resident memory of a process so far, MB. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** SOP Instance UIDs that an answer to an upload says are stored. */
function storedIn({ body }: Answer): string[] {
  try {
    const answer = JSON.parse(body.toString()) as Record<string, { Value?: unknown[] }>;
    return (answer['00081199']?.Value ?? []).map(
      (item) => (item as Record<string, { Value: string[] }>)['00081155'].Value[0],
    );
  } catch {
    return [];
  }
}

const count = Number(process.argv[2] ?? 10_000);
const data = await mkdtemp(join(tmpdir(), 'cranioplasty-hostile-'));
const server = await start(
  process.execPath,
  ['--import', 'tsx', 'viewer/src/main.ts', '--port', '0', '--data', data],
  { cwd: root, ready: (line) => line.startsWith('http://') },
);
try {
  const port = Number(new URL(server.line).port);
  const before = await filesOf(data);
  const idle = await peakMemory(server.pid);

  const statuses: Record<string, number> = {};
  const slowest: { milliseconds: number; name: string; status?: number }[] = [];
  const acknowledged = new Set<string>();
  const faults: string[] = [];
  const note = ({ name }: HostileRequest, answer: Answer) => {
    const { status, milliseconds } = answer;
    statuses[status ?? 'no answer'] = (statuses[status ?? 'no answer'] ?? 0) + 1;
    slowest.push({ milliseconds: Math.round(milliseconds), name, status });
    slowest.sort((a, b) => b.milliseconds - a.milliseconds).splice(5);
    if (status !== undefined && status >= 500) faults.push(`${name} was answered with ${status}`);
    for (const uid of storedIn(answer)) acknowledged.add(uid);
  };
  const requests = hostileRequests(count);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const hostile of requests) note(hostile, await send(port, hostile));
    }),
  );
  const seconds = (performance.now() - started) / 1000;

  const alive = await fetch(`${server.line}dicomweb/studies`);
  if (!alive.ok) faults.push(`afterwards the server answers ${alive.status}`);
  const memory = await peakMemory(server.pid);
  const after = await filesOf(data);
  const lost = [...before].filter(([name, hash]) => after.get(name) !== hash);
  const missing = [...acknowledged].filter((uid) => !after.has(`${uid}.dcm`));
  const unfinished = [...after.keys()].filter((name) => !name.endsWith('.dcm'));
  if (lost.length) faults.push(`${lost.length} objects were lost or changed`);
  if (missing.length) faults.push(`${missing.length} objects were acknowledged and are not there`);
  if (unfinished.length) faults.push(`${unfinished.length} unfinished files were left behind`);
  if (memory > MOST_MEMORY) faults.push(`more than ${MOST_MEMORY} MB of memory`);
  if (slowest[0].milliseconds > LONGEST_WAIT) faults.push('an answer took too long');

  console.log(
    JSON.stringify(
      {
        requests: count,
        seconds: Math.round(seconds),
        statuses,
        slowest,
        peakMemoryMB: { idle: Math.round(idle), attacked: Math.round(memory) },
        store: { before: before.size, after: after.size, lost: lost.length },
        acknowledged: { objects: acknowledged.size, missing: missing.length },
        unfinished: unfinished.length,
        faults,
      },
      null,
      2,
    ),
  );
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await server.stop();
  await rm(data, { recursive: true, force: true });
}
