import type { Fingerprints } from './fingerprints.ts';

interface Known {
  fingerprints: Fingerprints;
  /** Changes that were found, of any segment. */
  revision: number;
  /** The same of each segment that changed. */
  readonly revisions: Map<number, number>;
}

/**
 * Notices which segmentations the user changed, and which segments of them. The viewer's event of changed data also
 * comes when a labelmap is merely drawn for the first time, names no segment, and not every tool says what it changed:
 * so an event only raises the question, and the voxels answer it, once it is asked.
 */
export class EditTracker {
  private readonly fingerprintsOf: (segmentationId: string) => Fingerprints | undefined;
  private readonly known = new Map<string, Known>();
  private readonly questioned = new Set<string>();

  constructor(fingerprintsOf: (segmentationId: string) => Fingerprints | undefined) {
    this.fingerprintsOf = fingerprintsOf;
  }

  /** Takes the voxels as they are now for unedited. */
  start(segmentationId: string): void {
    const fingerprints = this.fingerprintsOf(segmentationId);
    this.questioned.delete(segmentationId);
    if (!fingerprints) this.known.delete(segmentationId);
    else this.known.set(segmentationId, { fingerprints, revision: 0, revisions: new Map() });
  }

  /** Takes the voxels as they are now for no edit beyond those that were found. */
  accept(segmentationId: string): void {
    const entry = this.known.get(segmentationId);
    const fingerprints = this.fingerprintsOf(segmentationId);
    this.questioned.delete(segmentationId);
    if (entry && fingerprints) entry.fingerprints = fingerprints;
  }

  /** The voxels may have changed. */
  question(segmentationId: string): void {
    this.questioned.add(segmentationId);
  }

  /** Grows with each change that was found; 0 means unedited. Of one segment where that is given. */
  revisionOf(segmentationId: string, segment?: number): number {
    const entry = this.known.get(segmentationId);
    if (!entry) return 0;
    if (this.questioned.delete(segmentationId)) {
      const fingerprints = this.fingerprintsOf(segmentationId);
      if (fingerprints) look(entry, fingerprints);
    }
    return segment === undefined ? entry.revision : (entry.revisions.get(segment) ?? 0);
  }

  clear(): void {
    this.known.clear();
    this.questioned.clear();
  }
}

/** Counts the segments whose voxels are others. */
function look(entry: Known, now: Fingerprints): void {
  const before = entry.fingerprints;
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    (segment) => (before.get(segment) ?? 0) !== (now.get(segment) ?? 0),
  );
  entry.fingerprints = now;
  if (changed.length > 0) entry.revision += 1;
  for (const segment of changed)
    entry.revisions.set(segment, (entry.revisions.get(segment) ?? 0) + 1);
}
