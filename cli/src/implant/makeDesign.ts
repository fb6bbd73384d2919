import {
  prepareDesign,
  type DesignRequest,
} from '../../../extension/src/engine/implant/context.ts';
import {
  designImplant,
  type DesignedImplant,
} from '../../../extension/src/engine/implant/design.ts';
import type { ImplantParameters } from '../../../extension/src/engine/implant/parameters.ts';
import { openSolidKernel } from '../../../extension/src/solidKernel.ts';

/** A design, and what else is known of its making. */
export interface MadeDesign {
  readonly design: DesignedImplant;
  /** Volume of crumbs that were left out beside the piece of the patch, ml. */
  readonly crumbs: number;
  /** Milliseconds. */
  readonly timings: { readonly prepare: number; readonly design: number };
}

/**
 * Designs an implant and warns of every check that it does not pass.
 *
 * @throws CranioplastyError what `prepareDesign` and `designImplant` refuse
 */
export async function makeDesign(
  request: DesignRequest,
  parameters: ImplantParameters,
  warn: (message: string) => void,
): Promise<MadeDesign> {
  const kernel = await openSolidKernel();
  const started = performance.now();
  const context = prepareDesign(request);
  const prepared = performance.now();
  const design = designImplant(context, parameters, kernel);
  const designed = performance.now();
  for (const { result, message } of design.checks) if (result !== 'pass') warn(message);
  return {
    design,
    crumbs: context.crumbs,
    timings: { prepare: prepared - started, design: designed - prepared },
  };
}
