import type { Mesh } from '../../engine/surface/mesh.ts';
import { nextTask } from '../../nextTask.ts';
import type { ShownSegment, SurfaceToShow } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';

interface Entry {
  readonly revision: number;
  readonly mesh: Mesh;
}

/**
 * Smooth surfaces of the segments that the viewer shows, one after the other in a worker of their
 * own, so that neither the page nor a reconstruction waits for them. The worker ends when there is
 * nothing left to do.
 */
export class SegmentSurfaces {
  private readonly client: Pick<WorkerClient, 'ask' | 'rest' | 'dispose'>;
  private readonly onSurface: () => void;
  private readonly onRest: () => void;
  private readonly entries = new Map<string, Entry>();
  /** Segments that have no surface, because they are empty or it failed: not tried again. */
  private readonly without = new Map<string, number>();
  private wanted: readonly ShownSegment[] = [];
  private working = false;

  /**
   * @param onSurface called when there is a new surface to show
   * @param onRest called when there is nothing left to do
   */
  constructor(
    client: Pick<WorkerClient, 'ask' | 'rest' | 'dispose'>,
    onSurface: () => void,
    onRest: () => void,
  ) {
    this.client = client;
    this.onSurface = onSurface;
    this.onRest = onRest;
  }

  /** Surfaces that are ready; starts on those that are not. */
  of(segments: readonly ShownSegment[]): SurfaceToShow[] {
    this.wanted = segments;
    void this.work();
    return segments.flatMap(({ id, rgb, visible }) => {
      const mesh = this.entries.get(id)?.mesh;
      return mesh ? [{ id, mesh, rgb, appearance: { visible, opacity: 1 } }] : [];
    });
  }

  /** Whether a segment that is to be seen has no surface yet. */
  get isWorking(): boolean {
    return this.next() !== undefined;
  }

  dispose(): void {
    this.wanted = [];
    this.client.dispose();
  }

  private async work(): Promise<void> {
    if (this.working || !this.next()) return;
    this.working = true;
    try {
      for (let next = this.next(); next; next = this.next()) await this.make(next);
    } finally {
      this.working = false;
      this.client.rest();
      if (this.wanted.length > 0) this.onRest();
    }
  }

  private next(): ShownSegment | undefined {
    return this.wanted.find(
      ({ id, revision, visible }) =>
        visible && this.entries.get(id)?.revision !== revision && this.without.get(id) !== revision,
    );
  }

  private async make({ id, revision, read }: ShownSegment): Promise<void> {
    try {
      // What asked for it may have taken its time already.
      await nextTask();
      const mask = read();
      const mesh = mask && (await this.client.ask('surface', { mask }));
      if (mesh && mesh.triangles.length > 0) this.entries.set(id, { revision, mesh });
      else this.without.set(id, revision);
    } catch {
      // A surface is a convenience: a segment on other slices, or a closed mode, has none.
      this.without.set(id, revision);
    }
    if (this.wanted.length > 0) this.onSurface();
  }
}
