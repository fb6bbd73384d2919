import { stages, type Progress, type Stage } from '../engine/progress.ts';

/** When a run reached its stages and windows, ms since it began. */
export interface Timeline {
  readonly began: readonly { readonly stage: Stage; readonly at: number }[];
  /** Fine windows, and when the last one was done. */
  readonly windows?: { readonly done: number; readonly total: number; readonly at: number };
}

/** How long stages took, ms. */
export type Durations = Readonly<Partial<Record<Stage, number>>>;

export const noTimeline: Timeline = { began: [] };

/**
 * Shares of the stages that run no network, by which the later ones are told from the earlier ones before any run
 * is over: between what the demonstration case takes with `ct-lite` in Chromium and in Node, s.
 */
const usual = {
  align: 1.3,
  resample: 3.4,
  postprocess: 0.25,
  restore: 0.2,
  surfaces: 0.65,
  measure: 0.6,
} as const satisfies Durations;

/** @param at ms since the run began */
export function extend(timeline: Timeline, { stage, window }: Progress, at: number): Timeline {
  const last = timeline.began.at(-1);
  // Another provider starts over.
  const startsOver = last && stages.indexOf(stage) < stages.indexOf(last.stage);
  const began = startsOver ? [] : timeline.began;
  return {
    began: last?.stage === stage ? began : [...began, { stage, at }],
    windows: window ? { ...window, at } : startsOver ? undefined : timeline.windows,
  };
}

/** How long the stages of a run took that is over, but for loading: with its check it comes once a session. */
export function durationsOf({ began }: Timeline, end: number): Durations {
  const took = began.map(({ stage, at }, s) => [stage, (began[s + 1]?.at ?? end) - at] as const);
  return Object.fromEntries(took.filter(([stage]) => stage !== 'load-model'));
}

/**
 * How long a run will still take, ms: windows by those that are done, stages by how long they took in the last run
 * like this one, or else by the earlier stages of this run. Undefined as long as nothing tells how long the networks
 * take.
 *
 * @param known durations of the last run with the same model and provider
 */
export function remainingTime(
  { began, windows }: Timeline,
  elapsed: number,
  known?: Durations,
): number | undefined {
  const current = began.at(-1);
  if (!current) return undefined;
  const expected = known ?? byOwnPace(began);
  const left = (stage: Stage): number | undefined => {
    if (stage === 'fine' && windows && windows.done > 0) {
      const start = began.find((entry) => entry.stage === 'fine')?.at ?? 0;
      const pace = (windows.at - start) / windows.done;
      return Math.max(0, (windows.total - windows.done) * pace - (elapsed - windows.at));
    }
    // What the last run did not do takes no time; loading again takes little.
    const whole = known ? (known[stage] ?? 0) : expected?.[stage];
    if (whole === undefined) return undefined;
    return stage === current.stage ? Math.max(0, whole - (elapsed - current.at)) : whole;
  };
  let sum = 0;
  for (const stage of stages.slice(stages.indexOf(current.stage))) {
    const more = left(stage);
    if (more === undefined) return undefined;
    sum += more;
  }
  return sum;
}

/** What the stages without networks will take at the pace of the first two. */
function byOwnPace(began: Timeline['began']): Durations | undefined {
  const start = began.find(({ stage }) => stage === 'align')?.at;
  const end = began.find(({ stage }) => stage === 'coarse')?.at;
  if (start === undefined || end === undefined) return undefined;
  const pace = (end - start) / (usual.align + usual.resample);
  return Object.fromEntries(Object.entries(usual).map(([stage, share]) => [stage, share * pace]));
}
