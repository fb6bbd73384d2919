import { cropToContent, skullMargin } from '../../engine/space/crop.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { sameVoxels } from '../../engine/space/voxels.ts';
import type { ReconstructedShape } from '../../engine/reconstruction.ts';
import type { PatchPiece } from '../../engine/shape/pieces.ts';
import { resultShapes, type ResultShape } from '../../state/shapes.ts';
import type { StudyStore } from '../../state/StudyStore.ts';
import type { StudyResult } from '../../state/studyState.ts';
import type { ViewerPort } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { showFailure } from '../failures.ts';
import type { Edits } from './Edits.ts';
import { why } from '../../words/errorSentences.ts';

type Client = Pick<WorkerClient, 'ask' | 'dispose'>;

/**
 * Keeps what is said of the shapes true while the user edits them: each edited shape is marked at once and
 * measured again, one after the other, in a worker of its own, so that neither the page nor a run waits.
 */
export class Remeasuring {
  private readonly viewer: ViewerPort;
  private readonly store: StudyStore;
  private readonly edits: Edits;
  private readonly onMeasured: (study: string) => void;
  private client: Client | undefined;
  /** Revision of each segmentation at which its shape was measured. */
  private readonly measured = new Map<string, number>();
  /** Revisions that could not be measured: not tried again. */
  private readonly failed = new Map<string, number>();
  private working: Promise<void> | undefined;
  /** The study that was looked at last. */
  private study = '';

  /** @param onMeasured called when a shape has figures and surface again */
  constructor(
    viewer: ViewerPort,
    store: StudyStore,
    edits: Edits,
    onMeasured: (study: string) => void,
  ) {
    this.viewer = viewer;
    this.store = store;
    this.edits = edits;
    this.onMeasured = onMeasured;
  }

  enter(createClient: () => Client): void {
    this.client ??= createClient();
  }

  leave(): void {
    this.client?.dispose();
    this.client = undefined;
    this.measured.clear();
    this.failed.clear();
  }

  /** Marks what the user edited in a study since it was measured, and starts on it. */
  follow(study: string): void {
    const { result } = this.store.get(study);
    if (!result) return;
    this.study = study;
    const edited = resultShapes.filter(
      (shape) => !result.unmeasured.includes(shape) && this.isStale(result, shape),
    );
    if (edited.length > 0) {
      const unmeasured = [...result.unmeasured, ...edited];
      this.store.update(study, { result: { ...result, unmeasured } });
    }
    if (this.next(study)) {
      this.working ??= this.work().finally(() => {
        this.working = undefined;
      });
    }
  }

  /**
   * Waits until what is said of a study's shapes is true.
   * @throws CranioplastyError `inference-failed` if an edited shape could not be measured
   */
  async settled(study: string): Promise<void> {
    this.follow(study);
    while (this.working) {
      await this.working;
      this.follow(study);
    }
    const { result } = this.store.get(study);
    if (!result || result.unmeasured.length === 0) return;
    throw new CranioplastyError('inference-failed', why('error.not-remeasured'));
  }

  private isStale({ segmentationIds }: StudyResult, shape: ResultShape): boolean {
    const id = segmentationIds[shape];
    return id !== undefined && this.viewer.revisionOf(id) !== (this.measured.get(id) ?? 0);
  }

  /** A shape that is to be measured. */
  private next(study: string): ResultShape | undefined {
    const { result } = this.store.get(study);
    if (!result || !this.client) return undefined;
    return result.unmeasured.find((shape) => {
      const id = result.segmentationIds[shape];
      return id !== undefined && this.failed.get(id) !== this.viewer.revisionOf(id);
    });
  }

  private async work(): Promise<void> {
    for (let shape = this.next(this.study); shape; shape = this.next(this.study)) {
      const { study } = this;
      const { result } = this.store.get(study);
      const id = result?.segmentationIds[shape];
      if (!result || !id) return;
      const revision = this.viewer.revisionOf(id);
      try {
        const now = await this.measure(result, shape, this.edits.currentMask(result, shape));
        // Edited again, or shown anew: the next turn takes it as it is by then.
        if (this.store.get(study).result?.segmentationIds[shape] !== id) continue;
        if (this.viewer.revisionOf(id) !== revision) continue;
        this.measured.set(id, revision);
        this.put(study, shape, now);
      } catch (failure) {
        this.failed.set(id, revision);
        showFailure(this.store, study, failure);
      }
    }
  }

  private async measure(
    { reconstruction, ...result }: StudyResult,
    shape: ResultShape,
    mask: Mask,
  ): Promise<{
    readonly shape: ReconstructedShape;
    readonly pieces: readonly PatchPiece[];
  }> {
    const computed = result.computed[shape];
    // Undone: the smooth surface that was computed is the better one.
    if (sameVoxels(mask.data, computed.mask.data)) {
      return { shape: computed, pieces: reconstruction.pieces };
    }
    if (!this.client) throw new CranioplastyError('cancelled', 'The mode was left.');
    const { mesh, measurements, pieces } = await this.client.ask('remeasure', {
      // Most of a scan is air, and what is sent is copied.
      mask: cropToContent(mask, skullMargin),
      toCanonical: reconstruction.alignment.toCanonical,
    });
    return { shape: { mask, mesh, measurements }, pieces };
  }

  private put(
    study: string,
    shape: ResultShape,
    now: { readonly shape: ReconstructedShape; readonly pieces: readonly PatchPiece[] },
  ): void {
    const { result } = this.store.get(study);
    if (!result) return;
    this.store.update(study, {
      result: {
        ...result,
        shapes: { ...result.shapes, [shape]: now.shape },
        unmeasured: result.unmeasured.filter((other) => other !== shape),
        pieces: shape === 'patch' ? now.pieces : result.pieces,
      },
    });
    this.onMeasured(study);
  }
}
