import { CranioplastyError } from './space/errors.ts';
import { why } from './words/errorSentences.ts';

/** The stages of a reconstruction, in the order in which they run. */
export const stages = [
  'load-model',
  'align',
  'resample',
  'coarse',
  'fine',
  'postprocess',
  'restore',
  'surfaces',
  'measure',
] as const;
export type Stage = (typeof stages)[number];

/** Where a reconstruction stands. `fraction` runs from 0 to 1 over the whole run. */
export interface Progress {
  readonly stage: Stage;
  readonly fraction: number;
  /** Fine windows done and in all; present during stage `fine`. */
  readonly window?: { readonly done: number; readonly total: number };
}

/** How whoever starts a run watches it and stops it. */
export interface RunControl {
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: Progress) => void;
}

/** Share of the whole run that is over when a stage begins. */
const stageStart: Readonly<Record<Stage, number>> = {
  'load-model': 0,
  align: 0.05,
  resample: 0.12,
  coarse: 0.16,
  fine: 0.22,
  postprocess: 0.84,
  restore: 0.88,
  surfaces: 0.91,
  measure: 0.97,
};

/** Tells progress, measures stages, and stops at the next stage or window once the run is cancelled. */
export class StageClock {
  private readonly timings: Partial<Record<Stage, number>> = {};
  private stage: Stage | null = null;
  private since = 0;

  constructor(private readonly control: RunControl) {}

  enter(stage: Stage): void {
    this.leave();
    this.assertRunning();
    this.stage = stage;
    this.since = performance.now();
    this.control.onProgress?.({ stage, fraction: stageStart[stage] });
  }

  window(done: number, total: number): void {
    this.assertRunning();
    const fraction = stageStart.fine + ((stageStart.postprocess - stageStart.fine) * done) / total;
    this.control.onProgress?.({ stage: 'fine', fraction, window: { done, total } });
  }

  finish(): Partial<Record<Stage, number>> {
    this.leave();
    return this.timings;
  }

  private leave(): void {
    if (this.stage) this.timings[this.stage] = performance.now() - this.since;
  }

  private assertRunning(): void {
    if (this.control.signal?.aborted) {
      throw new CranioplastyError('cancelled', why('error.cancelled'));
    }
  }
}
