import { CranioplastyError } from '../engine/space/errors.ts';
import type { StudyStore } from '../state/StudyStore.ts';
import type { RunOfSeveral } from '../state/alternatives.ts';
import type { Activity } from '../state/studyState.ts';
import type { CtReference, ViewerPort } from '../viewer/ViewerPort.ts';
import type { ReconstructRequest, WorkerClient } from '../worker/WorkerClient.ts';
import type { ProviderReport } from '../worker/protocol.ts';
import { currentCt, currentStudy } from './currentCt.ts';
import { showFailure } from './failures.ts';
import { durationsOf, extend, noTimeline, type Durations } from './timeline.ts';
import { why } from '../words/errorSentences.ts';

/**
 * Where everything runs that a user starts: one thing at a time, visible as activity, and every failure
 * becomes the one sentence that the panel shows.
 */
export class OneAtATime {
  private readonly viewer: Pick<ViewerPort, 'findCt'>;
  private readonly store: StudyStore;
  private worker: WorkerClient | undefined;
  /** The study in which something runs. */
  private busyStudy: string | undefined;
  /** How long the stages of the last run took, by model and provider. */
  private readonly durations = new Map<string, Durations>();

  constructor(viewer: Pick<ViewerPort, 'findCt'>, store: StudyStore) {
    this.viewer = viewer;
    this.store = store;
  }

  /** The worker of this visit; none between visits. */
  get client(): WorkerClient | undefined {
    return this.worker;
  }

  enter(createClient: () => WorkerClient): void {
    this.worker ??= createClient();
  }

  /** Stops what runs and frees the GPU. */
  leave(): void {
    this.worker?.dispose();
    this.worker = undefined;
  }

  /** Stops what runs. Nothing else changes. */
  cancel(): void {
    this.worker?.cancel();
  }

  /** Does one thing. Without a CT there is no study in which to show why not: that is thrown. */
  async run(
    kind: Activity['kind'],
    work: (ct: CtReference, client: WorkerClient) => Promise<void>,
  ): Promise<void> {
    const { ct, error } = currentCt(this.viewer);
    if (!ct || this.busyStudy !== undefined || !this.worker) {
      if (ct && this.busyStudy !== undefined) showFailure(this.store, ct.studyInstanceUID, busy());
      else if (error) throw error;
      return;
    }
    const study = ct.studyInstanceUID;
    this.busyStudy = study;
    this.store.update(study, {
      error: undefined,
      activity: { kind, startedAt: Date.now(), fallBacks: [] },
    });
    try {
      await work(ct, this.worker);
    } catch (failure) {
      showFailure(this.store, study, failure);
    } finally {
      this.busyStudy = undefined;
      this.store.update(study, { activity: undefined });
    }
  }

  /** As `run`, for what takes no time. */
  async attempt(work: (study: string) => Promise<void>): Promise<void> {
    const study = currentStudy(this.viewer);
    if (study === undefined) return;
    try {
      this.store.update(study, { error: undefined });
      await work(study);
    } catch (failure) {
      showFailure(this.store, study, failure);
    }
  }

  /** Tells that the next of several runs begins; times are of it alone. */
  nextRun(study: string, run: RunOfSeveral): void {
    const { activity } = this.store.get(study);
    if (!activity) return;
    const { kind } = activity;
    this.store.update(study, { activity: { kind, startedAt: Date.now(), run, fallBacks: [] } });
  }

  /**
   * Does a job of the networks, shows in the panel where it stands, and remembers how long it took.
   * @param run what decides how long it takes, besides the provider: the model
   */
  async followed<T>(
    study: string,
    run: string,
    job: (
      watch: Pick<ReconstructRequest, 'onProgress' | 'onProvider' | 'onFallBack'>,
    ) => Promise<T>,
  ): Promise<T> {
    const result = await job(this.following(study, run));
    const { activity } = this.store.get(study);
    if (activity?.timeline) {
      const took = durationsOf(activity.timeline, Date.now() - activity.startedAt);
      const key = keyOf(run, activity.provider);
      // What was done ahead of this run may not be ahead of the next.
      this.durations.set(key, { ...this.durations.get(key), ...took });
    }
    return result;
  }

  private following(
    study: string,
    run: string,
  ): Pick<ReconstructRequest, 'onProgress' | 'onProvider' | 'onFallBack'> {
    return {
      onProgress: (progress) => {
        const { activity } = this.store.get(study);
        if (!activity) return;
        const timeline = extend(
          activity.timeline ?? noTimeline,
          progress,
          Date.now() - activity.startedAt,
        );
        const known = this.durations.get(keyOf(run, activity.provider));
        this.report(study, { progress, timeline, known });
      },
      onProvider: (provider) => this.report(study, { provider }),
      onFallBack: (warning) => {
        const { activity } = this.store.get(study);
        this.report(study, { fallBacks: [...(activity?.fallBacks ?? []), warning] });
      },
    };
  }

  private report(study: string, change: Partial<Activity>): void {
    const { activity } = this.store.get(study);
    if (activity) this.store.update(study, { activity: { ...activity, ...change } });
  }
}

const keyOf = (run: string, provider: ProviderReport | undefined): string =>
  `${run} ${provider?.provider} ${provider?.description}`;

function busy(): CranioplastyError {
  return new CranioplastyError('bad-usage', why('error.busy'));
}
