import type { NaturalDataset } from '../part10/attributes.ts';
import type { Plane } from '../frames/planes.ts';

/** One slice of a CT series: an instance, or a frame of a multi-frame instance. */
export interface CtSlice {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** Number of the frame, counted from 1; absent for single-frame instances. */
  readonly frameNumber?: number;
  readonly plane: Plane;
  /** What turns stored values into Hounsfield units. */
  readonly rescale: { readonly slope: number; readonly intercept: number };
  /** The instance that the slice was read from. */
  readonly instance: NaturalDataset;
}
