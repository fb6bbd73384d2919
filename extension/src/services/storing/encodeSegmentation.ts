import type { Algorithm } from '../../dicom/ct/derivedObject.ts';
import { product } from '../../dicom/product.ts';
import {
  writeSegmentation,
  type SegmentToWrite,
  type WriteOptions,
} from '../../dicom/segmentation/writeSegmentation.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { countSet, sameVoxels } from '../../engine/space/voxels.ts';
import { seriesDescriptionOf, termsOf } from '../../models.ts';
import { dateAndTime } from '../../dateAndTime.ts';
import type { ImplantDesign } from '../../worker/protocol.ts';
import { resultShapes, shapeStyles, type ResultShape } from '../../state/shapes.ts';
import { shownDesign, type StudyResult } from '../../state/studyState.ts';

const descriptions: Record<ResultShape, string> = {
  patch: 'Reconstructed missing bone of the skull',
  implant: 'Proposed cranial implant with clearance along the border',
};

function describeDesign({ implant }: ImplantDesign): string {
  const { thickness, material } = implant.parameters;
  return `Designed cranial implant, ${thickness === 'bone' ? 'as thick as bone' : `${thickness} mm thick`}, ${material}`;
}

/** What made a shape. */
export function algorithmOf(
  { reconstruction: { model } }: StudyResult,
  designed: boolean,
): Algorithm {
  return {
    name: `${product.name} ${model.name}${designed ? ', implant design' : ''}`,
    version: model.version,
    modelHash: model.hash || undefined,
    terms: termsOf(model),
  };
}

/**
 * The SEG object of a result: its shapes as segments that may overlap. A shape that the model did
 * not find is left out: viewers hang on empty segments.
 * @throws CranioplastyError `bad-segmentation` if there is no shape at all
 */
export function encodeSegmentation(
  result: StudyResult,
  masks: Readonly<Record<ResultShape, Mask>>,
  { now, newUid }: Pick<WriteOptions, 'now' | 'newUid'> = {},
): ArrayBuffer {
  const { reconstruction, computed, series, editedBefore } = result;
  const { model } = reconstruction;
  const design = shownDesign(result);
  const found = resultShapes.filter((shape) => countSet(masks[shape].data) > 0);
  const segments = found.map((shape): SegmentToWrite => {
    const { kind, label } = shapeStyles[shape];
    const mask = masks[shape];
    const edited =
      editedBefore.includes(shape) || !sameVoxels(mask.data, computed[shape].mask.data);
    const designed = shape === 'implant' && design;
    return {
      kind,
      label,
      description: designed ? describeDesign(design) : descriptions[shape],
      mask,
      algorithm: {
        type: edited ? 'SEMIAUTOMATIC' : 'AUTOMATIC',
        ...algorithmOf(result, Boolean(designed)),
      },
    };
  });
  return writeSegmentation(
    segments,
    { ct: series },
    { seriesDescription: seriesDescriptionOf(model, dateAndTime(now ?? new Date())), now, newUid },
  );
}
