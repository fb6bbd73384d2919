import type { Types } from '@cornerstonejs/core';
import { CranioplastyError } from '../engine/space/errors.ts';
import type { DisplaySet, Services } from '../types/ohif.ts';

type Surroundings = Pick<Services, 'displaySetService' | 'viewportGridService'>;

const derivedModalities = new Set(['SEG', 'RTSTRUCT', 'SR', 'PR', 'KO', 'PMAP']);

/**
 * The CT that is looked at: the one in the active viewport, else in any viewport, else the longest
 * of the study.
 * @throws CranioplastyError `no-ct`, `wrong-modality`
 */
export function findCtDisplaySet(services: Surroundings): DisplaySet {
  const all = services.displaySetService.getActiveDisplaySets();
  const cts = all.filter((displaySet) => displaySet.Modality === 'CT');
  if (cts.length === 0) throw noCt(all);

  const { activeViewportId, viewports } = services.viewportGridService.getState();
  const active = activeViewportId === null ? undefined : viewports.get(activeViewportId);
  const shown = [active, ...viewports.values()].flatMap(
    (viewport) => viewport?.displaySetInstanceUIDs ?? [],
  );
  for (const uid of shown) {
    const ct = cts.find((displaySet) => displaySet.displaySetInstanceUID === uid);
    if (ct) return ct;
  }
  return cts.reduce((best, ct) => (length(ct) > length(best) ? ct : best));
}

function length(displaySet: DisplaySet): number {
  return displaySet.imageIds?.length ?? 0;
}

function noCt(all: readonly DisplaySet[]): CranioplastyError {
  const other = all.find((displaySet) => !derivedModalities.has(displaySet.Modality));
  return other
    ? new CranioplastyError(
        'wrong-modality',
        `This study holds ${other.Modality}, not CT: open a study with a head CT.`,
      )
    : new CranioplastyError('no-ct', 'There is no CT in this study: open a study with a head CT.');
}

/** Viewports that show slices or a volume of a display set. */
export function viewportsShowing(services: Surroundings, displaySet: DisplaySet): string[] {
  return [...services.viewportGridService.getState().viewports.values()]
    .filter((viewport) =>
      viewport.displaySetInstanceUIDs?.includes(displaySet.displaySetInstanceUID),
    )
    .map((viewport) => viewport.viewportId);
}

/** A viewport of the grid, as Cornerstone has it. */
export function viewportOf(
  { cornerstoneViewportService }: Pick<Services, 'cornerstoneViewportService'>,
  viewportId: string,
): Types.IViewport | null {
  return cornerstoneViewportService.getCornerstoneViewport(viewportId) as Types.IViewport | null;
}
