import { product } from '../../dicom/product.ts';
import { sameVoxels } from '../../engine/space/voxels.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';
import { writeStl } from '../../engine/surface/stl.ts';
import { shapeStyles, type ResultShape } from '../../state/shapes.ts';
import type { StudyResult } from '../../state/studyState.ts';
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
    const result = requireResult(parts, study);
    const stl = writeStl(
      await currentMesh(parts, result, shape),
      `${product.researchUse}. ${shapeStyles[shape].label}, mm, LPS`,
    );
    const name = shape === 'patch' ? 'skull-patch.stl' : 'implant.stl';
    parts.viewer.saveFile(stl as BlobPart, name, 'model/stl');
  });
}

/** The report of the current study, as a page to print and as JSON. */
export function downloadReport(parts: Parts): Promise<void> {
  const { viewer, store, work, edits } = parts;
  return work.attempt(async (study) => {
    const result = requireResult(parts, study);
    const { patch, implant } = edits.currentMasks(result);
    const { reconstruction } = result;
    const about = describeCase(
      result,
      store.get(study),
      {
        patch: !sameVoxels(patch.data, reconstruction.patch.mask.data),
        implant: !sameVoxels(implant.data, reconstruction.implant.mask.data),
      },
      new Date(),
    );
    const page = caseReportHtml(about, viewer.takePictures());
    viewer.saveFile(page, 'cranioplasty-report.html', 'text/html');
    const json = `${JSON.stringify(about, null, 2)}\n`;
    viewer.saveFile(json, 'cranioplasty-report.json', 'application/json');
  });
}

/** The network's smooth surface, or that of the voxels once the user edited them. */
async function currentMesh(
  { edits, work }: Parts,
  result: StudyResult,
  shape: ResultShape,
): Promise<Mesh> {
  const mask = edits.currentMasks(result)[shape];
  const computed = result.reconstruction[shape];
  if (sameVoxels(mask.data, computed.mask.data) || !work.client) return computed.mesh;
  return work.client.ask('surface', { mask });
}
