import { product } from '../../dicom/product.ts';
import { writeStl } from '../../engine/surface/stl.ts';
import { shapeStyles, type ResultShape } from '../../state/shapes.ts';
import { isEdited, shownDesign } from '../../state/studyState.ts';
import { caseReportHtml, describeCase } from '../report/caseReport.ts';
import { encodeResult } from '../encodeResult.ts';
import { requireResult, type Parts } from '../parts.ts';

export function downloadSeg(parts: Parts): Promise<void> {
  return parts.work.attempt(async (study) => {
    const result = requireResult(parts, study);
    const file = encodeResult(result, parts.edits.currentMasks(result));
    parts.viewer.saveFile(file, 'cranioplasty-seg.dcm', 'application/dicom');
  });
}

export function downloadStl(parts: Parts, shape: ResultShape): Promise<void> {
  return parts.work.attempt(async (study) => {
    await parts.shapes.settled(study);
    const result = requireResult(parts, study);
    const design = shape === 'implant' && !isEdited(result, 'implant') && shownDesign(result);
    const meshes = design ? design.implant.meshes : [result.shapes[shape].mesh];
    const name = shape === 'patch' ? 'skull-patch' : 'implant';
    // Pieces are printed one by one.
    meshes.forEach((mesh, piece) => {
      const stl = writeStl(mesh, `${product.researchUse}. ${shapeStyles[shape].label}, mm, LPS`);
      const number = meshes.length > 1 ? `-${piece + 1}` : '';
      parts.viewer.saveFile(stl as BlobPart, `${name}${number}.stl`, 'model/stl');
    });
  });
}

/** The report of the current study, as a page to print and as JSON. */
export function downloadReport(parts: Parts): Promise<void> {
  const { viewer, store, work, shapes } = parts;
  return work.attempt(async (study) => {
    await shapes.settled(study);
    const about = describeCase(requireResult(parts, study), store.get(study), new Date());
    const page = caseReportHtml(about, viewer.takePictures());
    viewer.saveFile(page, 'cranioplasty-report.html', 'text/html');
    const json = `${JSON.stringify(about, null, 2)}\n`;
    viewer.saveFile(json, 'cranioplasty-report.json', 'application/json');
  });
}
