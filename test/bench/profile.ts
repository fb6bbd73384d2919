import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A function and the time that was spent in it itself, ms. */
export interface FunctionCost {
  readonly name: string;
  readonly ms: number;
}

const samplingMicroseconds = 500;

/** Runs some work under V8's sampling profiler. */
export async function profiled(
  work: () => Promise<void>,
  most: number,
): Promise<readonly FunctionCost[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return costsOf(profile).slice(0, most);
}

/** Time by function, most first. A nameless function counts for the one that called it. */
function costsOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): FunctionCost[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const names = new Map<number, string>();
  const nameAll = (id: number, caller: string): void => {
    const node = byId.get(id);
    if (!node) return;
    const { functionName, url } = node.callFrame;
    const name = functionName === '' ? caller : `${functionName} ${fileOf(url)}`.trim();
    names.set(id, name);
    for (const child of node.children ?? []) nameAll(child, name);
  };
  nameAll(nodes[0].id, '');
  const spent = new Map<string, number>();
  samples.forEach((id, s) => {
    const name = names.get(id) ?? '';
    spent.set(name, (spent.get(name) ?? 0) + timeDeltas[s] / 1000);
  });
  for (const idle of ['(idle)', '(root)', '(program)']) spent.delete(idle);
  return [...spent].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms);
}

const fileOf = (url: string): string =>
  url.startsWith('file:') ? basename(fileURLToPath(url.replace(/\?.*$/, ''))) : url;
