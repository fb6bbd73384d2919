import dcmjs from 'dcmjs';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import {
  phantomCases,
  phantomCt,
  phantomSegments,
  uidSource,
} from '../../../conformance/phantom.ts';
import { rewrite, type Contents } from '../rewrite.ts';

// Damaged files make dcmjs write thousands of lines.
dcmjs.log.setLevel('silent');
dcmjs.log.getLogger('validation.dcmjs').setLevel('silent');

export const { series } = phantomCt(phantomCases[2].grid);
export const segments = phantomSegments(series.grid);
export const expected = segments.map((segment) => segment.mask.data);
export const file = writeSegmentation(
  segments,
  { ct: series },
  { seriesDescription: 'Cranioplasty', newUid: uidSource(7), now: new Date(0) },
);

export const edited = (change: (contents: Contents) => void) => rewrite(file, change);
export const masks = (bytes: ArrayBuffer) =>
  readSegmentation(bytes, { onto: series }).segments.map((segment) => segment.mask().data);

export function failure(action: () => unknown): CranioplastyError {
  try {
    action();
  } catch (error) {
    if (error instanceof CranioplastyError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
