import { completeParameters } from '../../engine/implant/parameters.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Mask } from '../../engine/space/volume.ts';
import type { Reconstruction } from '../../engine/reconstruction.ts';
import { saidOf, type Said } from '../../engine/words/sentence.ts';
import type { ImplantChoices } from '../../state/implantChoices.ts';
import type { StudyStore } from '../../state/StudyStore.ts';
import { isEdited, shownDesign, type StudyResult } from '../../state/studyState.ts';
import type { SkullSource } from '../../viewer/skullSource.ts';
import type { ViewerPort } from '../../viewer/ViewerPort.ts';
import type { ImplantDesign, PatchJob } from '../../worker/protocol.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { asShown } from '../failures.ts';
import type { Edits } from './Edits.ts';
import { replaceImplant } from './replaceImplant.ts';

type Client = Pick<WorkerClient, 'ask' | 'dispose'>;

/** Refusals that come once a patch is prepared, because of parameters. */
const afterPreparing: ReadonlySet<string> = new Set(['bad-axis', 'nothing-left', 'implant-cut']);

/** Whether two choices ask for the same implant, however it is looked at. */
const sameDesign = (a: ImplantChoices, b: ImplantChoices): boolean =>
  a.kind === b.kind && a.parameters === b.parameters && a.piece === b.piece;

/** What the worker holds ready. */
interface Prepared {
  readonly reconstruction: Reconstruction;
  readonly revision: number;
  readonly piece: number | undefined;
}

/** What a design was asked for. */
interface Asked {
  readonly study: string;
  readonly result: StudyResult;
  readonly choices: ImplantChoices;
  /** Of the segmentations of patch and implant. */
  readonly revisions: readonly [patch: number, implant: number];
}

/**
 * Keeps the designed implant true to patch and parameters, in a worker of its own that keeps what it has prepared of
 * the patch. An implant that the user edited by hand is left alone. A design that was opened again is measured for its
 * colours once it is on the screen.
 */
export class Designing {
  readonly viewer: ViewerPort;
  readonly store: StudyStore;
  private readonly edits: Edits;
  private readonly onDesigned: (study: string) => void;
  private readonly onMapped: () => void;
  private client: Client | undefined;
  private prepared: Prepared | undefined;
  /** Skulls that were reconstructed: reading one anew may ask the PACS. */
  private readonly skulls = new WeakMap<SkullSource, Mask>();
  /** Revision of each patch for which was designed. */
  private readonly designed = new Map<string, number>();
  private working: Promise<void> | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** The study that was looked at last. */
  private study = '';

  /**
   * @param onDesigned called when another implant is in the place of the one before
   * @param onMapped called when the same one has maps
   */
  constructor(
    viewer: ViewerPort,
    store: StudyStore,
    edits: Edits,
    onDesigned: (study: string) => void,
    onMapped: () => void,
  ) {
    this.viewer = viewer;
    this.store = store;
    this.edits = edits;
    this.onDesigned = onDesigned;
    this.onMapped = onMapped;
  }

  enter(createClient: () => Client): void {
    this.client ??= createClient();
  }

  leave(): void {
    this.client?.dispose();
    this.client = undefined;
    this.prepared = undefined;
    this.designed.clear();
    clearTimeout(this.waiting);
  }

  /** The same skull under another source. */
  keepSkullOf(before: SkullSource, source: SkullSource): void {
    const skull = this.skulls.get(before);
    if (skull) this.keepSkull(source, skull);
  }

  keepSkull(source: SkullSource, skull: Mask): void {
    this.skulls.set(source, skull);
  }

  /** Marks a design that is not of the patch as it is, and starts on it. */
  follow(study: string): void {
    clearTimeout(this.waiting);
    const { result } = this.store.get(study);
    if (!result) return;
    this.study = study;
    const { patch } = result.segmentationIds;
    if (!result.undesigned && patch && this.revisionOf(patch) !== (this.designed.get(patch) ?? 0)) {
      this.store.update(study, { result: { ...result, undesigned: true } });
    }
    if (this.next(study) ?? this.nextToMap(study)) {
      this.working ??= this.work().finally(() => {
        this.working = undefined;
      });
    }
  }

  /** As `follow`, once nothing more was asked for during a time, ms. */
  followSoon(study: string, after: number): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.follow(study), after);
  }

  /** Waits until the implant of a study is designed, or cannot be. */
  async settled(study: string): Promise<void> {
    this.follow(study);
    while (this.working) {
      await this.working;
      this.follow(study);
    }
  }

  private revisionOf(segmentationId: string | undefined): number {
    return segmentationId === undefined ? 0 : this.viewer.revisionOf(segmentationId);
  }

  /** What is to be designed. */
  private next(study: string): Asked | undefined {
    const { result, implant: choices } = this.store.get(study);
    if (!this.client || !result?.undesigned || choices.kind !== 'designed') return undefined;
    if (isEdited(result, 'implant')) return undefined;
    const { patch, implant } = result.segmentationIds;
    return {
      study,
      result,
      choices,
      revisions: [this.revisionOf(patch), this.revisionOf(implant)],
    };
  }

  /** A design on the screen that is as it was stored: without its maps. */
  private nextToMap(study: string): (Asked & { readonly design: ImplantDesign }) | undefined {
    const { result, implant: choices } = this.store.get(study);
    const design = result && shownDesign(result);
    if (!this.client || !design || design.implant.maps || result.unmapped) return undefined;
    const { patch, implant } = result.segmentationIds;
    if (result.undesigned || isEdited(result, 'implant') || !patch || !implant) return undefined;
    return {
      study,
      result,
      choices,
      design,
      revisions: [this.revisionOf(patch), this.revisionOf(implant)],
    };
  }

  private async work(): Promise<void> {
    for (;;) {
      const asked = this.next(this.study);
      const toMap = asked ? undefined : this.nextToMap(this.study);
      if (!asked && !toMap) return;
      try {
        if (asked) await this.designFor(asked);
        else if (toMap) await this.mapFor(toMap);
      } catch (failure) {
        if (asShown(failure).code === 'cancelled') return;
        throw failure;
      }
    }
  }

  /** @throws CranioplastyError `cancelled` */
  private async designFor(asked: Asked): Promise<void> {
    const { study, choices } = asked;
    this.store.update(study, { designing: true });
    try {
      const parameters = completeParameters(choices.parameters);
      const design = await this.withPatch(asked, (client, patch) =>
        client.ask('designImplant', { ...patch, parameters }),
      );
      if (this.isCurrent(asked)) this.put(asked, design);
    } catch (failure) {
      const shown = asShown(failure);
      if (shown.code === 'cancelled') throw failure;
      if (this.isCurrent(asked)) this.fail(asked, saidOf(shown));
    } finally {
      this.store.update(study, { designing: false });
    }
  }

  /** @throws CranioplastyError `cancelled` */
  private async mapFor(asked: Asked & { readonly design: ImplantDesign }): Promise<void> {
    const { study, design } = asked;
    const { parameters, axis, meshes, mask } = design.implant;
    let change: Partial<StudyResult> = { unmapped: true };
    try {
      const maps = await this.withPatch(asked, (client, patch) =>
        client.ask('mapImplant', { ...patch, design: { parameters, axis, meshes, mask } }),
      );
      change = { design: { ...design, implant: { ...design.implant, maps } } };
    } catch (failure) {
      // Without colours it is the same implant.
      if (asShown(failure).code === 'cancelled') throw failure;
    }
    const { result } = this.store.get(study);
    if (result?.design !== design) return;
    this.store.update(study, { result: { ...result, ...change } });
    this.onMapped();
  }

  /** Has the worker do something for a patch, which it prepares unless it holds it ready. */
  private async withPatch<T>(
    { result, choices, revisions }: Asked,
    work: (client: Client, patch: PatchJob) => Promise<T>,
  ): Promise<T> {
    const { reconstruction } = result;
    const { toCanonical } = reconstruction.alignment;
    const { piece } = choices;
    const { prepared } = this;
    const wanted: Prepared = { reconstruction, revision: revisions[0], piece };
    const ready =
      prepared?.reconstruction === reconstruction &&
      prepared.revision === wanted.revision &&
      prepared.piece === piece;
    const from = ready
      ? undefined
      : {
          skull: await this.skullOf(result),
          patch: this.edits.currentMask(result, 'patch'),
          piece,
        };
    // Nothing is known of what a job that fails leaves behind.
    this.prepared = undefined;
    if (!this.client) throw new CranioplastyError('cancelled', 'The mode was left.');
    try {
      const done = await work(this.client, { from, toCanonical });
      this.prepared = wanted;
      return done;
    } catch (failure) {
      if (afterPreparing.has(asShown(failure).code)) this.prepared = wanted;
      throw failure;
    }
  }

  /** The skull that was reconstructed. */
  async skullOf({ skullSource, series }: StudyResult): Promise<Mask> {
    const skull =
      this.skulls.get(skullSource) ?? (await this.viewer.readSkull(skullSource, series));
    this.keepSkull(skullSource, skull);
    return skull;
  }

  /** Whether what was asked for is still what is wanted. */
  private isCurrent({ study, result, choices, revisions }: Asked): boolean {
    const { result: now, implant } = this.store.get(study);
    return (
      now !== undefined &&
      now.reconstruction === result.reconstruction &&
      // What was asked for before the patch was on the screen is of the same patch.
      [undefined, now.segmentationIds.patch].includes(result.segmentationIds.patch) &&
      sameDesign(implant, choices) &&
      !isEdited(now, 'implant') &&
      this.revisionOf(now.segmentationIds.patch) === revisions[0] &&
      this.revisionOf(now.segmentationIds.implant) === revisions[1]
    );
  }

  private put({ study, revisions }: Asked, design: ImplantDesign): void {
    this.remember(study, revisions);
    const change = { design, designProblem: undefined, undesigned: false };
    replaceImplant(this, study, design.shape, change);
    this.onDesigned(study);
  }

  private fail({ study, revisions }: Asked, designProblem: Said): void {
    this.remember(study, revisions);
    const { result } = this.store.get(study);
    if (result) {
      this.store.update(study, { result: { ...result, designProblem, undesigned: false } });
    }
  }

  private remember(study: string, [patch]: Asked['revisions']): void {
    const id = this.store.get(study).result?.segmentationIds.patch;
    if (id) this.designed.set(id, patch);
  }
}
