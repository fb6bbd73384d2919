import { nextTask } from '../../nextTask.ts';
import type { ResultShape } from '../../state/shapes.ts';
import { caseReportHtml, describeCase } from '../report/caseReport.ts';
import { requireResult, type Parts } from '../parts.ts';
import { designPictures } from '../report/designPictures.ts';
import { fileName } from '../report/fileNames.ts';
import { reportPictures } from '../report/reportPictures.ts';
import { isDesigned, meshesOf, stlsOf, threeMfOf } from '../storing/encodeSolids.ts';
import { segmentationOf } from '../storing/objectsOfResult.ts';
import type { StudyResult } from '../../state/studyState.ts';

export function downloadSeg(parts: Parts): Promise<void> {
  return parts.work.attempt(async (study) => {
    const result = requireResult(parts, study);
    const masks = parts.edits.currentMasks(result);
    await nextTask();
    // What is saved to the PACS too is the same object.
    const [file] = segmentationOf(parts.written, study, result, masks).files;
    parts.viewer.saveFile(file, nameOf(parts, result, 'seg.dcm'), 'application/dicom');
  });
}

/** A designed implant is light already, and its file the same as in the PACS. */
async function lightMeshes({ draftsman }: Parts, result: StudyResult, shape: ResultShape) {
  const meshes = meshesOf(result, shape);
  return isDesigned(result, shape) ? meshes : draftsman.lighten(meshes);
}

export function downloadStl(parts: Parts, shape: ResultShape): Promise<void> {
  return parts.work.attempt(async (study) => {
    await parts.shapes.settled(study);
    const result = requireResult(parts, study);
    const stls = stlsOf(await lightMeshes(parts, result, shape), shape);
    const name = shape === 'patch' ? 'skull-patch' : 'implant';
    stls.forEach((stl, piece) => {
      const number = stls.length > 1 ? `-${piece + 1}` : '';
      const file = nameOf(parts, result, `${name}${number}.stl`);
      parts.viewer.saveFile(stl as BlobPart, file, 'model/stl');
    });
  });
}

/** The implant in one file for the printer, with its unit and what it is. */
export function downloadThreeMf(parts: Parts): Promise<void> {
  return parts.work.attempt(async (study) => {
    await parts.shapes.settled(study);
    const result = requireResult(parts, study);
    const file = nameOf(parts, result, 'implant.3mf');
    const solid = threeMfOf(result, await lightMeshes(parts, result, 'implant'));
    parts.viewer.saveFile(solid as BlobPart, file, 'model/3mf');
  });
}

/** The report of the current study, as a page to print and as JSON. */
export function downloadReport(parts: Parts): Promise<void> {
  const { viewer, store, edits, shapes, draftsman } = parts;
  return parts.work.attempt(async (study) => {
    await shapes.settled(study);
    const result = requireResult(parts, study);
    const state = store.get(study);
    const { reader, withoutPerson } = store.outputs;
    const about = describeCase(result, state, new Date(), {
      identity: viewer.readIdentity(result.ct),
      reader: reader.trim() || viewer.userName(),
      withoutPerson,
    });
    const masks = edits.currentMasks(result);
    const pictures = await reportPictures(result, masks, state, viewer, draftsman);
    const ofDesign = await designPictures(result, viewer, draftsman);
    const page = caseReportHtml(about, pictures, ofDesign);
    viewer.saveFile(page, nameOf(parts, result, 'report.html'), 'text/html');
    const json = `${JSON.stringify(about, null, 2)}\n`;
    viewer.saveFile(json, nameOf(parts, result, 'report.json'), 'application/json');
  });
}

const nameOf = ({ viewer, store }: Parts, { ct }: StudyResult, what: string): string =>
  fileName(what, viewer.readIdentity(ct), new Date(), store.outputs.withoutPerson);
