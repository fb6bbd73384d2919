import { product } from '../../dicom/product.ts';
import { writeStl } from '../../engine/surface/stl.ts';
import { shapeStyles, type ResultShape } from '../../state/shapes.ts';
import { caseReportHtml, describeCase } from '../caseReport.ts';
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
    const { shapes } = requireResult(parts, study);
    const stl = writeStl(
      shapes[shape].mesh,
      `${product.researchUse}. ${shapeStyles[shape].label}, mm, LPS`,
    );
    const name = shape === 'patch' ? 'skull-patch.stl' : 'implant.stl';
    parts.viewer.saveFile(stl as BlobPart, name, 'model/stl');
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
