import { parsePart10 } from '../../dicom/part10/part10.ts';
import { readReport, type ReportObject } from '../../dicom/report/readReport.ts';
import {
  segmentKind,
  segmentationOf,
  type Segment,
  type SegmentationObject,
} from '../../dicom/segmentation/readSegmentation.ts';
import { readSolid, type SolidObject } from '../../dicom/solid/readSolid.ts';
import type { CtSeries } from '../../dicom/ct/ctSeries.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import { emptyMask, type Mask } from '../../engine/space/volume.ts';
import { countSet } from '../../engine/space/voxels.ts';
import type { ResultShape } from '../../state/shapes.ts';
import type { InstanceReference, Pacs } from '../../viewer/pacs.ts';
import type { StoredResult } from '../../viewer/storedResult.ts';
import type { CtChoice } from '../../viewer/ViewerPort.ts';
import { asShown } from '../failures.ts';
import { why as about } from '../../engine/words/errorSentences.ts';
import { saidOf, type Said } from '../../engine/words/sentence.ts';
import { why } from '../../words/errorSentences.ts';
import { sayReopened } from '../../words/reopenSentences.ts';

/** A file with what was read from it. */
interface Read<T> {
  readonly file: ArrayBuffer;
  readonly object: T;
}

/** A stored result as it was read: what the PACS does not hold, or holds damaged, is left out and named. */
export interface StoredCase {
  readonly segmentation: Read<SegmentationObject>;
  readonly patch: Segment;
  /** Absent where no implant was found. */
  readonly implant?: Segment;
  /** On the grid of the CT. */
  readonly masks: Readonly<Record<ResultShape, Mask>>;
  readonly report?: Read<ReportObject>;
  /** Pieces of the implant in their order. */
  readonly solids: readonly Read<SolidObject>[];
  /** Why an object that is stored cannot be used, a sentence each. */
  readonly unusable: readonly Said[];
}

/**
 * Reads a stored result.
 *
 * @param cts all CT series of the study
 * @throws CranioplastyError `foreign-frame-of-reference`, `bad-segmentation`, `bad-geometry` if the segmentation is not
 *   one on this CT or holds no patch; `pacs-unreachable` if it does not come. Report and STL are left out instead.
 */
export async function readCase(
  { segmentation: reference, reports, solids }: StoredResult,
  pacs: Pick<Pacs, 'retrieve'>,
  series: CtSeries,
  cts: readonly CtChoice[],
): Promise<StoredCase> {
  const file = await pacs.retrieve(reference);
  const shapes = readShapes(file, series, cts);
  const unusable: Said[] = [];
  const read = async <T>(
    name: Said,
    wanted: InstanceReference,
    parse: (file: ArrayBuffer) => T,
  ): Promise<Read<T> | undefined> => {
    try {
      const bytes = await pacs.retrieve(wanted);
      return { file: bytes, object: parse(bytes) };
    } catch (failure) {
      const shown = asShown(failure);
      const itself = shown.code === 'bad-object';
      unusable.push(itself ? saidOf(shown) : about('error.about', { name, what: shown }));
      return undefined;
    }
  };

  let report: Read<ReportObject> | undefined;
  for (const wanted of reports) {
    report = await read(sayReopened('reopened.report'), wanted, (bytes) =>
      reportOf(bytes, reference),
    );
    if (report) break;
  }
  const pieces: Read<SolidObject>[] = [];
  for (const wanted of solids) {
    const piece = await read(sayReopened('reopened.stl'), wanted, (bytes) =>
      solidOf(bytes, reference, series),
    );
    if (piece) pieces.push(piece);
  }
  pieces.sort((a, b) => a.object.instanceNumber - b.object.instanceNumber);
  return { ...shapes, report, solids: pieces, unusable };
}

function readShapes(
  file: ArrayBuffer,
  series: CtSeries,
  cts: readonly CtChoice[],
): Pick<StoredCase, 'segmentation' | 'patch' | 'implant' | 'masks'> {
  const parsed = parsePart10(file);
  const { referencedSeriesInstanceUID: made, frameOfReferenceUID } = segmentationOf(parsed);
  const other = cts.find(({ ct }) => ct.seriesInstanceUID === made);
  if (
    frameOfReferenceUID === series.frameOfReferenceUID &&
    other &&
    made !== series.seriesInstanceUID
  ) {
    throw new CranioplastyError(
      'bad-segmentation',
      why('error.other-series', { series: other.ct.label }),
    );
  }
  const object = segmentationOf(parsed, { onto: series });
  const patch = object.segments.find((segment) => segmentKind(segment) === 'skull-patch');
  if (!patch) {
    throw new CranioplastyError('bad-segmentation', why('error.no-patch-stored'));
  }
  const implant = object.segments.find((segment) => segmentKind(segment) === 'implant');
  const masks = { patch: patch.mask(), implant: implant?.mask() ?? emptyMask(series.grid) };
  if (countSet(masks.patch.data) === 0) {
    throw new CranioplastyError('bad-segmentation', why('error.stored-patch-empty'));
  }
  return { segmentation: { file, object }, patch, implant, masks };
}

/** @throws CranioplastyError as `readReport`; `bad-object` if it measures another segmentation */
function reportOf(file: ArrayBuffer, { sopInstanceUID }: InstanceReference): ReportObject {
  const report = readReport(file);
  if (report.segments.some(({ segment }) => segment?.sopInstanceUID === sopInstanceUID))
    return report;
  throw new CranioplastyError('bad-object', why('error.report-of-another'));
}

/** @throws CranioplastyError as `readSolid`; `bad-object` if it lies elsewhere or was made from another segmentation */
function solidOf(
  file: ArrayBuffer,
  { sopInstanceUID }: InstanceReference,
  series: CtSeries,
): SolidObject {
  const solid = readSolid(file);
  if (
    solid.frameOfReferenceUID === series.frameOfReferenceUID &&
    solid.sources.some((source) => source.sopInstanceUID === sopInstanceUID)
  )
    return solid;
  throw new CranioplastyError('bad-object', why('error.stl-of-another'));
}
