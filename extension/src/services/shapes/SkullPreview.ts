import type { Mesh } from '../../engine/surface/mesh.ts';
import { shapeStyles } from '../../state/shapes.ts';
import type { SkullSource } from '../../viewer/skullSource.ts';
import type { CtReference, SurfaceToShow, ViewerPort } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';

/**
 * Edge of the cells to which it is thinned out, mm. While the images come the viewer draws 3D again and again, and
 * without a GPU each triangle keeps them waiting.
 */
const cell = 4;

interface Preview {
  readonly source: SkullSource;
  readonly mesh?: Mesh;
  /** Whether it is still being made. */
  readonly working: boolean;
}

/**
 * The coarse surface of a stored skull while the viewer still loads its segmentation, which it does after all images of the CT:
 * straight from the PACS, in a worker of its own.
 */
export class SkullPreview {
  private readonly viewer: Pick<ViewerPort, 'readSeries' | 'readSkull'>;
  private readonly client: Pick<WorkerClient, 'ask' | 'rest' | 'dispose'>;
  private readonly onChange: () => void;
  /** By key of the source. */
  private readonly previews = new Map<string, Preview>();
  private disposed = false;

  /** @param onChange called when there is a surface to show, or it turned out that there is none */
  constructor(
    viewer: Pick<ViewerPort, 'readSeries' | 'readSkull'>,
    client: Pick<WorkerClient, 'ask' | 'rest' | 'dispose'>,
    onChange: () => void,
  ) {
    this.viewer = viewer;
    this.client = client;
    this.onChange = onChange;
  }

  /**
   * What there is to see of a skull; starts on it the first time.
   * @param mayStart whether the machine has nothing better to do
   * @returns undefined where it is not stored, or cannot be read
   */
  of(
    ct: CtReference,
    source: SkullSource | undefined,
    mayStart: boolean,
  ): { readonly surfaces: SurfaceToShow[]; readonly working: boolean } | undefined {
    if (source?.kind !== 'stored') return undefined;
    let preview = this.previews.get(source.key);
    if (!preview && mayStart && !this.isWorking) {
      preview = { source, working: true };
      this.previews.set(source.key, preview);
      void this.make(ct, source);
    }
    if (!preview?.working && !preview?.mesh) return undefined;
    const { mesh, working } = preview;
    const appearance = { visible: true, opacity: 1 };
    const { rgb } = shapeStyles.skull;
    return { surfaces: mesh ? [{ id: 'stored-skull', mesh, rgb, appearance }] : [], working };
  }

  private get isWorking(): boolean {
    return [...this.previews.values()].some(({ working }) => working);
  }

  dispose(): void {
    this.disposed = true;
    this.client.dispose();
  }

  private async make(ct: CtReference, source: SkullSource): Promise<void> {
    let mesh: Mesh | undefined;
    try {
      const mask = await this.viewer.readSkull(source, this.viewer.readSeries(ct));
      mesh = await this.client.ask('surface', { mask, cell });
    } catch {
      // A preview is a convenience: what is wrong with the skull is said where it is reconstructed.
    }
    if (this.disposed) return;
    this.client.rest();
    const found = mesh && mesh.triangles.length > 0 ? mesh : undefined;
    this.previews.set(source.key, { source, mesh: found, working: false });
    this.onChange();
  }
}
