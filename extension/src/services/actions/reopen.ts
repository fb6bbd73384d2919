import type { CaseRecord } from '../../dicom/report/caseRecord.ts';
import { meetsBone } from '../../engine/judge/fitError.ts';
import { cropToContent, skullMargin } from '../../engine/space/crop.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { middleVertex } from '../../engine/surface/mesh.ts';
import { shownDesign, type StudyResult } from '../../state/studyState.ts';
import { dateAndTime } from '../../dateAndTime.ts';
import type { StoredResult } from '../../viewer/storedResult.ts';
import type { CtReference } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { asShown } from '../failures.ts';
import type { Parts } from '../parts.ts';
import { makeRoom } from '../shapes/makeRoom.ts';
import { assertFits, findSkull } from '../reopening/findSkull.ts';
import { readCase, type StoredCase } from '../reopening/readCase.ts';
import { resultOfCase, type Recomputed } from '../reopening/resultOfCase.ts';
import { objectNames } from '../storing/objectKinds.ts';
import { adoptObjects } from '../storing/objectsOfResult.ts';
import { compareChosen, comparables } from './compare.ts';
import { judgeBy, oppositeSide } from './judge.ts';
import { references, revisionOfSource, skullSources } from './sources.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { why } from '../../words/errorSentences.ts';
import { sayReopened } from '../../words/reopenSentences.ts';

type Client = Pick<WorkerClient, 'ask'>;

/** Results that the study holds and that are not on the screen already. */
export function storedResults({ viewer, store }: Parts, ct: CtReference): StoredResult[] {
  const { result } = store.get(ct.studyInstanceUID);
  return viewer
    .listStoredResults(ct)
    .filter(({ segmentation }) => segmentation.sopInstanceUID !== result?.saved?.sopInstanceUID);
}

/**
 * Brings a stored result back in the place of the one that is shown: shapes, figures, design, rehearsal and judgement,
 * without a new run.
 *
 * @param sopInstanceUID of its segmentation
 */
export function reopen(parts: Parts, sopInstanceUID: string): Promise<void> {
  const { viewer, store, work, shapes } = parts;
  return work.run('reopen', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const wanted = viewer
      .listStoredResults(ct)
      .find(({ segmentation }) => segmentation.sopInstanceUID === sopInstanceUID);
    if (!wanted) {
      throw new CranioplastyError('bad-usage', why('error.result-gone'));
    }
    const series = viewer.readSeries(ct);
    const stored = await readCase(wanted, viewer.pacs, series, viewer.listCts());
    const { masks, report } = stored;
    const record = report?.object.record;
    const { source, sure, note } = findSkull(
      record?.reconstruction?.skull,
      skullSources(parts, ct),
      store.get(study).skullKey,
    );
    const skull = await viewer.readSkull(source, series);
    if (!sure) assertFits(skull, masks.patch, source);
    const recomputed = await recompute(client, skull, stored, record);
    const { result, implant, missing } = resultOfCase(stored, recomputed);

    // Only now: what fails leaves the previous result untouched.
    const { result: previous, implant: choices } = store.get(study);
    makeRoom(viewer, previous);
    shapes.forgetJudgements(study);
    shapes.showLayout(study, 'usual');
    shapes.markShown(study);
    store.update(study, {
      skullKey: source.key,
      implant: { ...choices, ...implant, past: [], future: [] },
      result: {
        ...result,
        ct,
        series,
        skullSource: source,
        skullRevision: revisionOfSource(parts, source),
        segmentationIds: {},
        saved: { ...wanted.segmentation, left: [] },
        reopened: {
          made: wanted.made && dateAndTime(wanted.made),
          missing: note === undefined ? missing : [...missing, note],
          lacksPrediction: implant.kind === 'designed',
        },
      },
    });
    // It stays off the screen, too, once the user has edited what was made of it.
    shapes.markStored(wanted.segmentation.seriesInstanceUID);
    viewer.hideStored(wanted.segmentation.seriesInstanceUID);
    shapes.designing.keepSkull(source, skull);
    await shapes.designing.settled(study);
    await shapes.show(study);
    viewer.lookAt(middleVertex(result.shapes.patch.mesh));
    try {
      if (record) await judgeAgain(parts, ct, client, record);
    } finally {
      recogniseStored(parts, ct, wanted, stored);
    }
  });
}

/** What is not stored, or only in a report that is missing. */
async function recompute(
  client: Client,
  skull: Mask,
  { masks }: StoredCase,
  record: CaseRecord | undefined,
): Promise<Recomputed> {
  const bone = cropToContent(skull, skullMargin);
  const alignment =
    record?.reconstruction?.alignment ?? (await client.ask('align', { skull: bone }));
  const { toCanonical } = alignment;
  const skullMesh = await client.ask('surface', { mask: bone });
  const remeasure = (mask: Mask) =>
    client.ask('remeasure', { mask: cropToContent(mask, skullMargin), toCanonical });
  const remeasured = {
    patch: await remeasure(masks.patch),
    implant: await remeasure(masks.implant),
  };
  return { alignment, skullMesh, remeasured };
}

/** Judges and compares again by what the stored report names. */
async function judgeAgain(
  parts: Parts,
  ct: CtReference,
  client: Client,
  { judgement, comparison }: CaseRecord,
): Promise<void> {
  const { store } = parts;
  const study = ct.studyInstanceUID;
  if (judgement) {
    const { judgedBy, border } = judgement;
    const source = references(parts, ct).find(({ label }) => label === judgedBy);
    const reference = judgedBy;
    const was = meetsBone(border)
      ? sayReopened('reopened.judged', {
          reference,
          mean: border.distance.toFixed(1),
          high: border.distance95.toFixed(1),
        })
      : sayReopened('reopened.judged-no-border', { reference });
    await orSay(parts, study, was, async () => {
      if (!source && judgedBy !== oppositeSide) return false;
      await judgeBy(parts, ct, client, source);
      const { overlay } = store.get(study);
      store.update(study, { referenceKey: source?.key, overlay: { ...overlay, shown: false } });
      return true;
    });
  }
  if (comparison) {
    const { first, second, dice, meanDistance } = comparison;
    const was = sayReopened('reopened.compared', {
      first: first.label,
      second: second.label,
      dice: dice.toFixed(2),
      apart: meanDistance.toFixed(1),
    });
    await orSay(parts, study, was, async () => {
      const [a, b] = [first, second].map(
        (one) =>
          comparables(parts, ct).find(({ label, recorded = label }) => recorded === one.label)?.key,
      );
      if (a === undefined || b === undefined) return false;
      store.update(study, { comparableKeys: [a, b] });
      await compareChosen(parts, ct, client);
      return true;
    });
  }
}

/** Does something that was done before; says what had come of it where that cannot be done again. */
async function orSay(
  { store }: Parts,
  study: string,
  was: Said,
  work: () => Promise<boolean>,
): Promise<void> {
  let reason: Said = sayReopened('reopened.not-there');
  try {
    if (await work()) return;
  } catch (failure) {
    const shown = asShown(failure);
    if (shown.code === 'cancelled') throw failure;
    reason = shown;
  }
  const { result } = store.get(study);
  if (!result?.reopened) return;
  const missing = [...result.reopened.missing, sayReopened('reopened.not-shown', { was, reason })];
  store.update(study, { result: { ...result, reopened: { ...result.reopened, missing } } });
}

/** What is shown is what is stored, and is not stored again, unless something of it had to be made anew. */
function recogniseStored(
  { store, edits, written }: Parts,
  { studyInstanceUID: study }: CtReference,
  { segmentation: { seriesInstanceUID, sopInstanceUID } }: StoredResult,
  { segmentation, solids, report }: StoredCase,
): void {
  const state = store.get(study);
  const { result } = state;
  if (!result?.reopened || edits.isEdited(result)) return;
  const same = adoptObjects(written, study, result, state, masksOf(result), {
    segmentation: segmentation.file,
    solids: solids.map(({ file }) => file),
    report: report?.file,
  });
  if (!same && !result.saved) return;
  const left = [
    ...(shownDesign(result) && solids.length === 0 ? [objectNames.solid] : []),
    ...(report ? [] : [objectNames.report]),
  ];
  store.update(study, {
    result: { ...result, saved: { seriesInstanceUID, sopInstanceUID, left } },
  });
}

const masksOf = ({ shapes: { patch, implant } }: StudyResult) => ({
  patch: patch.mask,
  implant: implant.mask,
});
