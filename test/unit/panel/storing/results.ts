import { readCtSeries } from '../../../../extension/src/dicom/ct/ctSeries.ts';
import { unedited } from '../../../../extension/src/services/shapes/resultParts.ts';
import type { StudyResult } from '../../../../extension/src/state/studyState.ts';
import { tetrahedron } from '../../../support/tetrahedron.ts';
import { smallDesign } from '../../worker/fakes.ts';
import { ctInstances, maskOnCt, reconstructionOnCt } from '../fakeViewer.ts';

/** A result as it was reconstructed. */
export function result(): StudyResult {
  return {
    ...unedited(reconstructionOnCt()),
    ct: { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4', label: 'Head' },
    series: readCtSeries(ctInstances()),
    skullSource: {
      kind: 'loaded',
      key: 'loaded:1:1',
      label: 'Skull',
      segment: 1,
      isResult: false,
      segmentationId: '1',
    },
    skullRevision: 0,
    modelFolder: 'lite',
    elapsed: 1,
    segmentationIds: {},
  };
}

/** The same with a designed implant of some pieces. */
export function designedResult(pieces = 1): StudyResult {
  const before = result();
  const { implant, shape } = smallDesign(maskOnCt(6, 7));
  const meshes = Array.from({ length: pieces }, (_, piece) => tetrahedron(10 + piece));
  const design = { shape: { ...shape, mesh: meshes[0] }, implant: { ...implant, meshes } };
  return {
    ...before,
    design,
    undesigned: false,
    computed: { ...before.computed, implant: design.shape },
    shapes: { ...before.shapes, implant: design.shape },
  };
}

export const masksOf = ({ shapes: { patch, implant } }: StudyResult) => ({
  patch: patch.mask,
  implant: implant.mask,
});
