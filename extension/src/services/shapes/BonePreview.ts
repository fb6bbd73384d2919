import type { CtReference, SurfaceToShow, ViewerPort } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { shapeStyles } from '../../state/shapes.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';

interface Preview {
  readonly mesh?: Mesh;
  /** Whether it is still being made. */
  readonly working: boolean;
}

/**
 * The bone of a CT in 3D while there is no skull segment yet: coarse, from a threshold, in a worker of its own.
 * One threshold a series: a preview is not what is reconstructed.
 */
export class BonePreview {
  private readonly viewer: Pick<ViewerPort, 'readSeries' | 'readCoarseVoxels'>;
  private readonly client: Pick<WorkerClient, 'ask' | 'rest' | 'dispose' | 'segmentBone'>;
  private readonly onChange: () => void;
  private readonly previews = new Map<string, Preview>();
  private readonly isNeeded: (ct: CtReference) => boolean;
  private disposed = false;

  /**
   * @param isNeeded whether nothing better is there, and nothing else going on: asked again before the work starts
   * @param onChange called when there is a preview to show, or it turned out that there is none
   */
  constructor(
    viewer: Pick<ViewerPort, 'readSeries' | 'readCoarseVoxels'>,
    client: Pick<WorkerClient, 'ask' | 'rest' | 'dispose' | 'segmentBone'>,
    isNeeded: (ct: CtReference) => boolean,
    onChange: () => void,
  ) {
    this.isNeeded = isNeeded;
    this.viewer = viewer;
    this.client = client;
    this.onChange = onChange;
  }

  /** What there is to see of a CT; starts on it the first time. */
  of(ct: CtReference, threshold: number): { surfaces: SurfaceToShow[]; working: boolean } {
    const preview = this.previews.get(ct.seriesInstanceUID);
    if (!preview && this.isNeeded(ct)) void this.make(ct, threshold);
    const { mesh, working } = preview ?? { working: true };
    const appearance = { visible: true, opacity: 1 };
    const { rgb } = shapeStyles.skull;
    return { surfaces: mesh ? [{ id: 'bone-of-ct', mesh, rgb, appearance }] : [], working };
  }

  dispose(): void {
    this.disposed = true;
    this.client.dispose();
  }

  private async make(ct: CtReference, threshold: number): Promise<void> {
    const { seriesInstanceUID } = ct;
    this.previews.set(seriesInstanceUID, { working: true });
    let mesh: Mesh | undefined;
    try {
      const coarse = await this.viewer.readCoarseVoxels(this.viewer.readSeries(ct));
      // Reading waits for the images: meanwhile a segment may have come, or a run may be going on.
      if (this.disposed || !this.isNeeded(ct)) {
        this.previews.delete(seriesInstanceUID);
        return;
      }
      const mask = await this.client.segmentBone(coarse, threshold);
      mesh = await this.client.ask('surface', { mask });
    } catch {
      // A preview is a convenience: a CT without bone, or a closed mode, has none.
    }
    if (this.disposed) return;
    this.client.rest();
    this.previews.set(seriesInstanceUID, { mesh, working: false });
    this.onChange();
  }
}
