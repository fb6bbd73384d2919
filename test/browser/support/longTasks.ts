import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { CDPSession, Page } from '@playwright/test';

/** Tasks from this long on make a page stutter, ms (W3C Long Tasks). */
const longFrom = 50;
/** Between two looks at the stack, microseconds. */
const samplingInterval = 1000;
/** The bundle of the extension, as the viewer serves it. */
const ownScript = /\/cranioplasty-plugin\/extension\.js$/;
const ownMap = new URL('../../../viewer/dist/extension.js.map', import.meta.url);

/** A task of the page's own thread. */
export interface LongTask {
  readonly duration: number;
  /** Time in the extension's own functions, ms; the rest is the viewer's and the browser's. */
  readonly own: number;
  /** Where the time went: function and place, ms; the most first. */
  readonly spent: readonly { readonly where: string; readonly ms: number; readonly own: boolean }[];
}

/** The long tasks of something that a user does. */
export interface Phase {
  readonly name: string;
  /** From the click to its end, ms. */
  readonly took: number;
  /** Processes that wanted a core at its end, a mean over the last minute. */
  readonly load: number;
  readonly tasks: readonly LongTask[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the browser's clock. */
  readonly startTime: number;
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

interface Entry {
  readonly startTime: number;
  readonly duration: number;
}

declare global {
  var __longTasks: Entry[];
}

/**
 * Watches the page's own thread: which tasks are long, by the browser's own account, and in whose functions they spend
 * their time, by a profile.
 */
export class LongTasks {
  readonly phases: Phase[] = [];
  private readonly page: Page;
  private readonly session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.session = session;
  }

  /** Of a page that has its document; the observer stays as long as that does. */
  static async of(page: Page): Promise<LongTasks> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await session.send('Profiler.enable');
    await session.send('Profiler.setSamplingInterval', { interval: samplingInterval });
    await page.evaluate(() => {
      globalThis.__longTasks = [];
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries())
          globalThis.__longTasks.push({ startTime, duration });
      }).observe({ type: 'longtask', buffered: true });
    });
    return new LongTasks(page, session);
  }

  /** Does something and keeps the long tasks that began meanwhile. */
  async during(name: string, act: () => Promise<void>): Promise<Phase> {
    await this.page.evaluate(() => {
      globalThis.__longTasks.length = 0;
    });
    await this.session.send('Profiler.start');
    const began = performance.now();
    await act();
    const took = performance.now() - began;
    // What a click leaves to do after it is done is a part of it; the observer, too, tells a little later.
    await this.page.waitForTimeout(400);
    const { profile } = await this.session.send('Profiler.stop');
    const entries = await this.page.evaluate(() => globalThis.__longTasks.splice(0));
    const { metrics } = await this.session.send('Performance.getMetrics');
    const origin = metrics.find((metric) => metric.name === 'NavigationStart')?.value ?? 0;
    const tasks = entries
      .filter(({ duration }) => duration >= longFrom)
      .map((entry) => taskOf(entry, profile, origin));
    const phase = { name, took, load: loadavg()[0], tasks };
    this.phases.push(phase);
    return phase;
  }

  /** What was observed, as a table. */
  table(): string {
    const rows = this.phases.map(({ name, took, load, tasks }) => [
      name,
      (took / 1000).toFixed(1),
      String(tasks.length),
      ms(Math.max(0, ...tasks.map(({ duration }) => duration))),
      ms(longestOwn(tasks)),
      load.toFixed(1),
    ]);
    return [['phase', 'took s', 'long tasks', 'longest ms', 'of ours ms', 'load'], ...rows]
      .map((row) => `| ${row.join(' | ')} |`)
      .join('\n');
  }

  /** Where tasks above a length spent their time. */
  details(above: number): string {
    return this.phases
      .flatMap(({ name, tasks }) =>
        tasks
          .filter(({ duration }) => duration > above)
          .map(
            ({ duration, own, spent }) =>
              `${name}: ${ms(duration)} ms, ${ms(own)} of ours: ` +
              spent.map((part) => `${part.where} ${ms(part.ms)}`).join(', '),
          ),
      )
      .join('\n');
  }
}

/** The most that a task spent in the extension's own functions, ms. */
export const longestOwn = (tasks: readonly LongTask[]): number =>
  Math.max(0, ...tasks.map(({ own }) => own));

const ms = (duration: number): string => duration.toFixed(0);

/** @param origin of the page's clock on the browser's, seconds */
function taskOf({ startTime, duration }: Entry, profile: Profile, origin: number): LongTask {
  const from = origin * 1e6 + startTime * 1000;
  const to = from + duration * 1000;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const spent = new Map<string, { ms: number; own: boolean }>();
  let time = profile.startTime;
  let own = 0;
  for (const [s, id] of (profile.samples ?? []).entries()) {
    time += profile.timeDeltas?.[s] ?? 0;
    if (time < from || time > to) continue;
    const lasted = Math.max(0, profile.timeDeltas?.[s + 1] ?? 0) / 1000;
    // What the browser does for a function is that function's.
    let at = nodes.get(id);
    while (at && at.callFrame.url === '' && parents.has(at.id)) at = nodes.get(parents.get(at.id)!);
    const script = at?.callFrame.url ? at : nodes.get(id);
    const isOwn = ownScript.test(script?.callFrame.url ?? '');
    if (isOwn) own += lasted;
    const where = placeOf(script?.callFrame);
    const sum = spent.get(where) ?? { ms: 0, own: isOwn };
    sum.ms += lasted;
    spent.set(where, sum);
  }
  const parts = [...spent].map(([where, sum]) => ({ where, ...sum })).sort((a, b) => b.ms - a.ms);
  return { duration, own, spent: parts.slice(0, 8) };
}

let map: SourceMap | undefined;

/** A function by its place in the sources, as far as those are ours. */
function placeOf(frame: ProfileNode['callFrame'] | undefined): string {
  if (!frame) return '?';
  const { functionName, url, lineNumber, columnNumber } = frame;
  if (!ownScript.test(url)) return `${functionName}@${url.split('/').pop()}`;
  map ??= new SourceMap(JSON.parse(readFileSync(ownMap, 'utf8')) as SourceMapPayload);
  const entry = map.findEntry(lineNumber, columnNumber);
  if (!('originalSource' in entry)) return `${functionName}@extension.js`;
  const file = entry.originalSource.replace(/^webpack:\/\/[^/]*\//, '');
  return `[${file}:${entry.originalLine + 1}]`;
}
