import type { InstanceReference } from './pacs.ts';

/** A SEG object of the study that holds a skull patch, with what was stored beside it. */
export interface StoredResult {
  readonly segmentation: InstanceReference;
  /** When it was made. */
  readonly made?: Date;
  /** Name and version of what made it, as the object says it. */
  readonly madeBy?: string;
  /** Whether one of its shapes was edited by hand. */
  readonly edited: boolean;
  /** Series of the CT that it lies on, where it says so. */
  readonly ctSeriesInstanceUID?: string;
  /** Reports that name the segmentation, the latest first. */
  readonly reports: readonly InstanceReference[];
  /** Pieces of the implant that name it, those of the latest group only. */
  readonly solids: readonly InstanceReference[];
}
