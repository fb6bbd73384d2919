/**
 * Notices which segmentations the user changed. The viewer's event of changed data also comes when
 * a labelmap is merely drawn for the first time, and not every tool says what it changed: so an
 * event only raises the question, and the voxels answer it, once it is asked.
 */
export class EditTracker {
  private readonly fingerprintOf: (segmentationId: string) => number | undefined;
  private readonly known = new Map<string, { fingerprint: number; revision: number }>();
  private readonly questioned = new Set<string>();

  constructor(fingerprintOf: (segmentationId: string) => number | undefined) {
    this.fingerprintOf = fingerprintOf;
  }

  /** Takes the voxels as they are now for unedited. */
  start(segmentationId: string): void {
    const fingerprint = this.fingerprintOf(segmentationId);
    this.questioned.delete(segmentationId);
    if (fingerprint === undefined) this.known.delete(segmentationId);
    else this.known.set(segmentationId, { fingerprint, revision: 0 });
  }

  /** Takes the voxels as they are now for no edit beyond those that were found. */
  accept(segmentationId: string): void {
    const entry = this.known.get(segmentationId);
    const fingerprint = this.fingerprintOf(segmentationId);
    this.questioned.delete(segmentationId);
    if (entry && fingerprint !== undefined) entry.fingerprint = fingerprint;
  }

  /** The voxels may have changed. */
  question(segmentationId: string): void {
    this.questioned.add(segmentationId);
  }

  /** Grows with each change that was found; 0 means unedited. */
  revisionOf(segmentationId: string): number {
    const entry = this.known.get(segmentationId);
    if (!entry) return 0;
    if (this.questioned.delete(segmentationId)) {
      const fingerprint = this.fingerprintOf(segmentationId);
      if (fingerprint !== undefined && fingerprint !== entry.fingerprint) {
        entry.fingerprint = fingerprint;
        entry.revision += 1;
      }
    }
    return entry.revision;
  }

  clear(): void {
    this.known.clear();
    this.questioned.clear();
  }
}
