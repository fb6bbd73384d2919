import { describe, expect, it } from 'vitest';
import type { Progress, Stage } from '../../../extension/src/engine/progress.ts';
import {
  durationsOf,
  extend,
  noTimeline,
  remainingTime,
  type Durations,
  type Timeline,
} from '../../../extension/src/services/timeline.ts';

/** A run whose stages take this long, ms, as the page hears of it: each message with its time. */
function messagesOf(durations: readonly (readonly [Stage, number])[], windows: number) {
  const messages: { at: number; progress: Progress }[] = [];
  let at = 0;
  for (const [stage, took] of durations) {
    messages.push({ at, progress: { stage, fraction: 0 } });
    if (stage === 'fine')
      for (let done = 1; done <= windows; done++)
        messages.push({
          at: at + (took * done) / windows,
          progress: { stage, fraction: 0, window: { done, total: windows } },
        });
    at += took;
  }
  return { messages, end: at };
}

/** What is estimated at a time of a run. */
function estimateAt(
  { messages }: ReturnType<typeof messagesOf>,
  now: number,
  known?: Durations,
): number | undefined {
  let timeline: Timeline = noTimeline;
  for (const { at, progress } of messages) if (at <= now) timeline = extend(timeline, progress, at);
  return remainingTime(timeline, now, known);
}

/** As `ct-lite` took on the demonstration on two busy cores, with a golden check of 20 s. */
const measured = [
  ['load-model', 20_000],
  ['align', 1524],
  ['resample', 3759],
  ['coarse', 2083],
  ['fine', 19_195],
  ['postprocess', 290],
  ['restore', 214],
  ['surfaces', 1364],
  ['measure', 950],
] as const satisfies [Stage, number][];

describe('the time that is left', () => {
  const run = messagesOf(measured, 12);

  it('is not guessed before a window is done, whatever loading and checking took', () => {
    for (let now = 0; now < 28_500; now += 500) expect(estimateAt(run, now)).toBeUndefined();
  });

  it('is right to 2 s or a fifth from the first window on', () => {
    for (let now = 29_000; now < run.end; now += 250) {
      const left = estimateAt(run, now) ?? NaN;
      const truly = run.end - now;
      expect(Math.abs(left - truly), `after ${now} ms`).toBeLessThan(Math.max(2000, truly / 5));
    }
  });

  it('is right from the beginning, once a run like this one is over', () => {
    let timeline: Timeline = noTimeline;
    for (const { at, progress } of run.messages) timeline = extend(timeline, progress, at);
    const known = durationsOf(timeline, run.end);
    expect(known).toMatchObject({ align: 1524, fine: 19_195, measure: 950 });
    // The second run loads without a check.
    const second = messagesOf([['load-model', 1000], ...measured.slice(1)], 12);
    for (let now = 0; now < second.end; now += 250) {
      const left = estimateAt(second, now, known) ?? NaN;
      expect(Math.abs(left - (second.end - now)), `after ${now} ms`).toBeLessThan(1100);
    }
  });

  it('takes a provider that starts over for a new run', () => {
    let timeline = extend(
      noTimeline,
      { stage: 'fine', fraction: 0, window: { done: 5, total: 9 } },
      9000,
    );
    timeline = extend(timeline, { stage: 'load-model', fraction: 0 }, 10_000);
    expect(timeline).toEqual({ began: [{ stage: 'load-model', at: 10_000 }], windows: undefined });
    expect(remainingTime(timeline, 11_000)).toBeUndefined();
  });

  it('is told of mirroring, which runs no network, by the run before', () => {
    const mirror = messagesOf(
      measured.filter(([stage]) => stage !== 'fine' && stage !== 'load-model'),
      0,
    );
    const known = Object.fromEntries(measured.filter(([stage]) => stage !== 'fine'));
    expect(estimateAt(mirror, 0, known)).toBe(mirror.end);
  });

  it('is nothing to tell before the first word', () => {
    expect(remainingTime(noTimeline, 5000)).toBeUndefined();
  });
});
