/** Why a file cannot be parsed. */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
  /** Whether it ends before it should. */
  readonly cutShort: boolean;

  constructor(cutShort: boolean, cause?: unknown) {
    super(cutShort ? 'cut short' : 'not DICOM or damaged', { cause });
    this.cutShort = cutShort;
  }
}
