import type { Vec3 } from '../../engine/space/grid.ts';
import type { Algorithm } from '../ct/derivedObject.ts';
import type { Code } from '../part10/codedConcept.ts';
import type { SegmentKind } from '../segmentation/codes.ts';

/** A number that was measured. */
export interface Measurement {
  readonly concept: Code;
  /** How it was derived from many, such as mean or maximum. */
  readonly derivation?: Code;
  /** Finite. */
  readonly value: number;
  readonly unit: Code;
}

/** Something that was judged in a word. */
export interface Evaluation {
  readonly concept: Code;
  readonly value: Code;
  /** The number that was judged. */
  readonly judged?: { readonly value: number; readonly unit: Code };
  readonly comment?: string;
  /** Where, patient LPS mm; kept in single precision. */
  readonly place?: Vec3;
}

export interface Note {
  readonly concept: Code;
  readonly text: string;
}

/** What is said of one segment. */
export interface SegmentMeasurements {
  readonly measurements: readonly Measurement[];
  readonly evaluations: readonly Evaluation[];
  readonly notes: readonly Note[];
}

/** What is to be said of one segment, and what measured it. */
export interface GroupToWrite extends SegmentMeasurements {
  readonly kind: SegmentKind;
  readonly algorithm: Algorithm;
}
