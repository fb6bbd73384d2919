import { readAlgorithmParameters } from '../../dicom/ct/derivedObject.ts';
import { product } from '../../dicom/product.ts';
import type { SegmentAlgorithm } from '../../dicom/segmentation/readSegmentation.ts';
import type { MethodName } from '../../engine/reconstruction.ts';
import type { ModelIdentity } from '../../models.ts';

/** What made a segment, as far as the segmentation alone tells. */
export interface Maker {
  readonly method: MethodName;
  readonly model: ModelIdentity;
  /** Whether it is an implant that was designed. */
  readonly designed: boolean;
}

const designEnd = ', implant design';

/** Reads what `algorithmOf` of this software wrote; of other software's segments name and version stand as they are. */
export function makerOf({
  name = 'unknown',
  version = '',
  parameters = '',
}: SegmentAlgorithm): Maker {
  const designed = name.endsWith(designEnd);
  const bare = designed ? name.slice(0, -designEnd.length) : name;
  const start = `${product.name} `;
  const model = bare.startsWith(start) ? bare.slice(start.length) : bare;
  const { modelHash, terms } = readAlgorithmParameters(parameters);
  return {
    method:
      model === 'mirror'
        ? 'mirror'
        : /^(continuation$|shape prior of )/.test(model)
          ? 'continuation'
          : 'network',
    // The licence stands before the use that it allows, on one line.
    model: { name: model, version, hash: modelHash ?? '', use: terms },
    designed,
  };
}
