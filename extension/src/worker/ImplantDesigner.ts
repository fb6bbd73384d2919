import { prepareDesign, type DesignContext } from '../engine/implant/context.ts';
import { designImplant, mapDesign, type DesignedImplant } from '../engine/implant/design.ts';
import { lighten } from '../engine/implant/lighten.ts';
import type { SolidKernel } from '../engine/implant/solidKernel.ts';
import type { SurfaceMaps } from '../engine/implant/surfaceMaps.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { DesignJob, MapJob, PatchJob } from './protocol.ts';
import { why } from '../words/errorSentences.ts';

/** Designs implants, and keeps what does not depend on parameters for the next design of the same patch. */
export class ImplantDesigner {
  private readonly openKernel: (runtimeUrl: string | undefined) => Promise<SolidKernel>;
  private kernel: Promise<SolidKernel> | undefined;
  private context: DesignContext | undefined;

  /** @param openKernel called once; with the folder of its WebAssembly, the worker's own if undefined */
  constructor(openKernel: (runtimeUrl: string | undefined) => Promise<SolidKernel>) {
    this.openKernel = openKernel;
  }

  /**
   * @throws CranioplastyError `bad-usage` if nothing was prepared and the job brings nothing; `model-unavailable`
   *   without the kernel; what `prepareDesign` and `designImplant` refuse
   */
  async design(
    { parameters, ...patch }: DesignJob,
    runtimeUrl: string | undefined,
  ): Promise<DesignedImplant> {
    const context = this.prepared(patch);
    return designImplant(context, parameters, await this.opened(runtimeUrl));
  }

  /**
   * Thickness and gap on the surface of a stored design.
   * @throws CranioplastyError `bad-usage` as `design`; what `prepareDesign` and `mapDesign` refuse
   */
  map({ design, ...patch }: MapJob): SurfaceMaps {
    return mapDesign(this.prepared(patch), design);
  }

  /**
   * A shape's surface with as few triangles as its file needs.
   * @throws CranioplastyError `model-unavailable` without the kernel
   */
  async lighten(mesh: Mesh, runtimeUrl: string | undefined): Promise<Mesh> {
    return lighten(mesh, await this.opened(runtimeUrl));
  }

  private prepared({ from, toCanonical }: PatchJob): DesignContext {
    if (from) {
      // Before the next one is made: there may not be memory for two.
      this.context = undefined;
      this.context = prepareDesign({ ...from, toCanonical });
    }
    if (!this.context) {
      throw new CranioplastyError('bad-usage', why('error.no-patch'));
    }
    return this.context;
  }

  private opened(runtimeUrl: string | undefined): Promise<SolidKernel> {
    this.kernel ??= this.openKernel(runtimeUrl).catch((cause: unknown) => {
      this.kernel = undefined;
      throw new CranioplastyError('model-unavailable', why('error.no-kernel'), { cause });
    });
    return this.kernel;
  }
}
