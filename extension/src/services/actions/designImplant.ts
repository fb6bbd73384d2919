import { CranioplastyError } from '../../engine/space/errors.ts';
import type {
  ChosenParameters,
  ImplantChoices,
  ImplantColours,
  ImplantKind,
} from '../../state/implantChoices.ts';
import { currentStudy } from '../currentCt.ts';
import { isEdited } from '../../state/studyState.ts';
import { requireResult, type Parts } from '../parts.ts';
import { setAppearance } from './look.ts';
import { replaceImplant } from '../shapes/replaceImplant.ts';
import { why } from '../../words/errorSentences.ts';

/** A change of a parameter is followed once no other comes for this time, ms. */
const patience = 300;

/** Changes of parameters that can be taken back. */
const remembered = 50;

/** Chooses parameters; undefined for the default. The implant follows a moment later. */
export function setImplantParameters(parts: Parts, change: ChosenParameters): void {
  withParameters(parts, (parameters) => ({ ...parameters, ...change }));
}

export function resetImplantParameters(parts: Parts): void {
  withParameters(parts, () => ({}));
}

/** Takes the last change of the parameters back. */
export function undoImplantParameters(parts: Parts): void {
  withChoices(parts, ({ parameters, past, future, ...choices }) => {
    const before = past.at(-1);
    if (!before) return undefined;
    const after = [...future, parameters];
    return { ...choices, parameters: before, past: past.slice(0, -1), future: after };
  });
}

/** Does again what was taken back last. */
export function redoImplantParameters(parts: Parts): void {
  withChoices(parts, ({ parameters, past, future, ...choices }) => {
    const after = future.at(-1);
    if (!after) return undefined;
    const before = [...past, parameters];
    return { ...choices, parameters: after, past: before, future: future.slice(0, -1) };
  });
}

/** @param piece of the patch, from 1 */
export function chooseImplantPiece(parts: Parts, piece: number): void {
  withChoices(parts, (choices) => ({ ...choices, piece }));
}

/** Lowers the implant in the direction in which the user looks at the head in 3D. */
export function takeImplantAxisFromView(parts: Parts): Promise<void> {
  return parts.work.attempt(async () => {
    const axis = parts.viewer.viewDirection();
    if (!axis) {
      throw new CranioplastyError('bad-axis', why('error.no-3d'));
    }
    setImplantParameters(parts, { axis });
  });
}

/** Shows, measures and stores the implant as it was designed, or as it was predicted. */
export function chooseImplantKind(parts: Parts, kind: ImplantKind): Promise<void> {
  const { store, work, shapes } = parts;
  return work.attempt(async (study) => {
    const result = requireResult(parts, study);
    if (isEdited(result, 'implant')) {
      throw new CranioplastyError('bad-usage', why('error.implant-edited'));
    }
    if (kind === 'predicted' && result.reopened?.lacksPrediction) {
      throw new CranioplastyError('bad-usage', why('error.prediction-not-stored'));
    }
    store.update(study, { implant: { ...store.get(study).implant, kind } });
    const { design, reconstruction } = result;
    const implant = kind === 'predicted' ? reconstruction.implant : design?.shape;
    if (implant) replaceImplant(parts, study, implant);
    shapes.implantReplaced(study);
    shapes.designing.follow(study);
  });
}

/** Takes back all edits of the implant by hand; a designed one then follows patch and parameters again. */
export function takeBackImplantEdits(parts: Parts): Promise<void> {
  const { viewer, store, work, shapes } = parts;
  return work.attempt(async (study) => {
    const result = requireResult(parts, study);
    const { computed, segmentationIds, series } = result;
    const editedBefore = result.editedBefore.filter((shape) => shape !== 'implant');
    store.update(study, { result: { ...result, undesigned: true, editedBefore } });
    const { implant } = segmentationIds;
    // As if the user had taken all edits back: what follows edits follows this.
    if (implant) viewer.takeBackEdits(implant, computed.implant.mask, series);
    shapes.designing.follow(study);
  });
}

/** Shows the insertion axis in 3D, or not. */
export function showImplantAxis({ viewer, store, shapes }: Parts, showAxis: boolean): void {
  const study = currentStudy(viewer);
  if (study === undefined) return;
  store.update(study, { implant: { ...store.get(study).implant, showAxis } });
  shapes.showSurfaces();
}

/** Colours the designed implant in 3D by what was measured of it, and shows it then. */
export function setImplantColours(parts: Parts, colours: ImplantColours): void {
  const { viewer, store, shapes } = parts;
  const study = currentStudy(viewer);
  if (study === undefined) return;
  store.update(study, { implant: { ...store.get(study).implant, colours } });
  if (colours === 'plain') shapes.showSurfaces();
  else setAppearance(parts, 'implant', { visible: true });
}

/** Other parameters, which can be taken back. */
function withParameters(
  parts: Parts,
  change: (parameters: ChosenParameters) => ChosenParameters,
): void {
  withChoices(parts, ({ parameters, past, ...choices }) => ({
    ...choices,
    parameters: change(parameters),
    past: [...past, parameters].slice(-remembered),
    future: [],
  }));
}

/** @param change undefined for no change */
function withChoices(
  { viewer, store, shapes }: Parts,
  change: (choices: ImplantChoices) => ImplantChoices | undefined,
): void {
  const study = currentStudy(viewer);
  if (study === undefined) return;
  const implant = change(store.get(study).implant);
  if (!implant) return;
  const { result } = store.get(study);
  store.update(study, { implant, result: result && { ...result, undesigned: true } });
  shapes.designing.followSoon(study, patience);
}
