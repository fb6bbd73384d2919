import type { Types } from '@cornerstonejs/core';
import { bestCt, summariseCt, type CtSummary } from '../dicom/ct/ctSummary.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import type { DisplaySet, Services } from '../types/ohif.ts';
import { say } from '../words/say.ts';
import type { CtReference } from './ViewerPort.ts';
import { why } from '../words/errorSentences.ts';

type Surroundings = Pick<Services, 'displaySetService' | 'viewportGridService'>;

const derivedModalities = new Set(['SEG', 'RTSTRUCT', 'SR', 'PR', 'KO', 'PMAP']);

/**
 * The CT that is looked at: the one in the active viewport, else in any viewport, else the best one
 * of the study.
 * @throws CranioplastyError `no-ct`, `wrong-modality`
 */
export function findCtDisplaySet(services: Surroundings): DisplaySet {
  const cts = ctDisplaySets(services);
  if (cts.length === 0) throw noCt(services.displaySetService.getActiveDisplaySets());
  return shownCt(services, cts) ?? cts[0];
}

/**
 * Whether a display set is the CT to hang: the one that is looked at if there is one, so that another layout
 * keeps it, else the best one.
 */
export function isCtToHang(services: Surroundings, { displaySetInstanceUID }: Partial<DisplaySet>) {
  const cts = ctDisplaySets(services);
  const best = shownCt(services, cts) ?? cts.at(0);
  return best !== undefined && best.displaySetInstanceUID === displaySetInstanceUID;
}

/** The CT series of the study, the best one first. */
export function ctDisplaySets({ displaySetService }: Surroundings): DisplaySet[] {
  const cts = displaySetService
    .getActiveDisplaySets()
    .filter((displaySet) => displaySet.Modality === 'CT');
  const volumes = cts.filter(({ isReconstructable }) => isReconstructable !== false);
  const given = volumes.length > 0 ? volumes : cts;
  const best = bestCt(given.map(summaryOf));
  return [...given.slice(best, best + 1), ...given.filter((_, index) => index !== best)];
}

/** A series does not change while it is open; reading the metadata of all its images takes a while. */
const summaries = new WeakMap<DisplaySet, CtSummary>();

export function summaryOf(displaySet: DisplaySet): CtSummary {
  let summary = summaries.get(displaySet);
  if (!summary) {
    summary = summariseCt(displaySet.instances ?? []);
    summaries.set(displaySet, summary);
  }
  return summary;
}

function shownCt(
  { viewportGridService }: Surroundings,
  cts: readonly DisplaySet[],
): DisplaySet | undefined {
  const { activeViewportId, viewports } = viewportGridService.getState();
  const active = activeViewportId === null ? undefined : viewports.get(activeViewportId);
  const shown = [active, ...viewports.values()].flatMap(
    (viewport) => viewport?.displaySetInstanceUIDs ?? [],
  );
  for (const uid of shown) {
    const ct = cts.find((displaySet) => displaySet.displaySetInstanceUID === uid);
    if (ct) return ct;
  }
  return undefined;
}

function noCt(all: readonly DisplaySet[]): CranioplastyError {
  const other = all.find((displaySet) => !derivedModalities.has(displaySet.Modality));
  return other
    ? new CranioplastyError(
        'wrong-modality',
        why('error.other-modality', { modality: other.Modality }),
      )
    : new CranioplastyError('no-ct', why('error.no-ct-in-study'));
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

/** A display set of a CT as the rest of the extension knows it. */
export function referenceOf(displaySet: DisplaySet): CtReference {
  const { StudyInstanceUID, SeriesInstanceUID, SeriesDescription, SeriesNumber } = displaySet;
  return {
    studyInstanceUID: StudyInstanceUID,
    seriesInstanceUID: SeriesInstanceUID,
    label: SeriesDescription || say('case.unnamedSeries', { number: SeriesNumber ?? '?' }),
  };
}
