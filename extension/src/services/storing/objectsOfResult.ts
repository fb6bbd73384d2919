import { text } from '../../dicom/part10/attributes.ts';
import { parsePart10 } from '../../dicom/part10/part10.ts';
import { readSegmentation } from '../../dicom/segmentation/readSegmentation.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { nextTask } from '../../nextTask.ts';
import type { ResultShape } from '../../state/shapes.ts';
import type { StudyResult, StudyState } from '../../state/studyState.ts';
import type { InstanceReference } from '../../viewer/pacs.ts';
import { differences } from './differences.ts';
import { encodeReport } from './encodeReport.ts';
import { encodeSegmentation } from './encodeSegmentation.ts';
import { encodeSolids } from './encodeSolids.ts';
import { objectNames, type ObjectKind } from './objectKinds.ts';
import type { Written, WrittenObjects } from './WrittenObjects.ts';

/** An object of a result, as it goes to the PACS. */
export interface ObjectToStore {
  readonly kind: ObjectKind;
  /** For messages, after "the". */
  readonly name: string;
  readonly file: ArrayBuffer;
  readonly reference: InstanceReference;
  readonly isStored: () => boolean;
  readonly markStored: () => void;
}

type Shapes = Readonly<Record<ResultShape, Mask>>;

/** The segmentation of a result, the same object as long as the shapes are the same. */
export function segmentationOf(
  written: WrittenObjects,
  study: string,
  result: StudyResult,
  masks: Shapes,
): Written {
  return written.write(`${study} segmentation`, (identity) => [
    encodeSegmentation(result, masks, identity),
  ]);
}

/**
 * All objects of a result, in the order in which they are stored: what others refer to comes first. Between them the
 * page has its turn.
 * @throws CranioplastyError `bad-segmentation` if there is no shape at all
 */
export async function objectsOfResult(
  written: WrittenObjects,
  study: string,
  result: StudyResult,
  state: Pick<StudyState, 'fit' | 'compared' | 'implant'>,
  masks: Shapes,
): Promise<ObjectToStore[]> {
  const segmentation = segmentationOf(written, study, result, masks);
  await nextTask();
  const read = readSegmentation(segmentation.files[0]);
  const solids = written.write(`${study} solid`, (identity) =>
    encodeSolids(result, read, identity),
  );
  await nextTask();
  const report = written.write(`${study} report`, (identity) => [
    encodeReport(result, state, read, identity),
  ]);
  await nextTask();
  return [
    ...toStore('segmentation', segmentation),
    ...toStore('solid', solids),
    ...toStore('report', report),
  ];
}

/** What is stored of a result, file by file. */
export interface StoredFiles {
  readonly segmentation: ArrayBuffer;
  readonly solids: readonly ArrayBuffer[];
  readonly report?: ArrayBuffer;
}

/**
 * Takes the stored objects of a result for its own as far as they hold what would be stored now.
 * @returns whether the segmentation does; the others refer to it
 */
export function adoptObjects(
  written: WrittenObjects,
  study: string,
  result: StudyResult,
  state: Pick<StudyState, 'fit' | 'compared' | 'implant'>,
  masks: Shapes,
  { segmentation, solids, report }: StoredFiles,
): boolean {
  const same = written.adopt(
    `${study} segmentation`,
    (identity) => [encodeSegmentation(result, masks, identity)],
    [segmentation],
    differences.segmentation,
  );
  if (!same) return false;
  const read = readSegmentation(segmentation);
  written.adopt(
    `${study} solid`,
    (identity) => encodeSolids(result, read, identity),
    solids,
    differences.solid,
  );
  written.adopt(
    `${study} report`,
    (identity) => [encodeReport(result, state, read, identity)],
    report ? [report] : [],
    differences.report,
  );
  return true;
}

function toStore(kind: ObjectKind, { files, stored }: Written): ObjectToStore[] {
  return files.map((file, n) => ({
    kind,
    name: files.length > 1 ? `${objectNames[kind]} ${n + 1}` : objectNames[kind],
    file,
    reference: referenceOf(file),
    isStored: () => stored.has(n),
    markStored: () => stored.add(n),
  }));
}

function referenceOf(file: ArrayBuffer): InstanceReference {
  const { dataset } = parsePart10(file);
  return {
    studyInstanceUID: text(dataset, 'StudyInstanceUID') ?? '',
    seriesInstanceUID: text(dataset, 'SeriesInstanceUID') ?? '',
    sopInstanceUID: text(dataset, 'SOPInstanceUID') ?? '',
  };
}
