import type { InstanceReference } from './pacs.ts';

interface SourceBase {
  /** Names the source in the panel's list; the same each time the list is made. */
  readonly key: string;
  readonly label: string;
  readonly segment: number;
  /** A patch or an implant, which is no defective skull but something to compare with. */
  readonly isResult: boolean;
}

/** A segment that is loaded in the viewer, with the user's edits. */
export interface LoadedSource extends SourceBase {
  readonly kind: 'loaded';
  readonly segmentationId: string;
  /** The SEG object that it was loaded from, if it was. */
  readonly storedAs?: string;
}

/** A segment of a SEG object in the PACS, as it was stored. */
export interface StoredSource extends SourceBase {
  readonly kind: 'stored';
  readonly instance: InstanceReference;
}

export type SkullSource = LoadedSource | StoredSource;

export function loadedKey(segmentationId: string, segment: number): string {
  return `loaded:${segmentationId}:${segment}`;
}

export function storedKey(sopInstanceUID: string, segment: number): string {
  return `stored:${sopInstanceUID}:${segment}`;
}
