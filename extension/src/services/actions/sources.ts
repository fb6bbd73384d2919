import type { StudyResult } from '../../state/studyState.ts';
import type { StudyStore } from '../../state/StudyStore.ts';
import type { SkullSource } from '../../viewer/skullSource.ts';
import type { CtReference, ViewerPort } from '../../viewer/ViewerPort.ts';

interface Sources {
  readonly viewer: ViewerPort;
  readonly store: StudyStore;
}

/** Segments that can be a defective skull: no patch and no implant, of this result or another. */
export function skullSources(parts: Sources, ct: CtReference): SkullSource[] {
  return otherSegments(parts, ct).filter(({ isResult }) => !isResult);
}

/** All segments but the result. */
function otherSegments({ viewer, store }: Sources, ct: CtReference): SkullSource[] {
  const { result } = store.get(ct.studyInstanceUID);
  return viewer.listSkullSources(ct, new Set(Object.values(result?.segmentationIds ?? {})));
}

/** The source that is reconstructed: the chosen one while it exists, else the most likely. */
export function chosenSource(parts: Sources, ct: CtReference): SkullSource | undefined {
  const sources = skullSources(parts, ct);
  const { skullKey } = parts.store.get(ct.studyInstanceUID);
  return sources.find(({ key }) => key === skullKey) ?? sources[0];
}

/** The skull of the result in the viewer, where the user edited it since it was reconstructed. */
export function editedSkull(parts: Sources, ct: CtReference): SkullSource | undefined {
  const { result } = parts.store.get(ct.studyInstanceUID);
  if (!result) return undefined;
  const { skullSource: used, skullRevision } = result;
  return skullSources(parts, ct).find(
    (source) =>
      source.kind === 'loaded' &&
      source.segment === used.segment &&
      (used.kind === 'loaded'
        ? source.segmentationId === used.segmentationId
        : source.storedAs === used.instance.sopInstanceUID) &&
      parts.viewer.revisionOf(source.segmentationId, source.segment) !== skullRevision,
  );
}

/** Revision of the segment that a source is: 0 for one as it was stored. */
export const revisionOfSource = ({ viewer }: Sources, source: SkullSource): number =>
  source.kind === 'loaded' ? viewer.revisionOf(source.segmentationId, source.segment) : 0;

/** The same for as long as the voxels of a source are. */
export const skullIdOf = (parts: Sources, ct: CtReference, source: SkullSource): string =>
  skullIdOfResult({ ct, skullSource: source, skullRevision: revisionOfSource(parts, source) });

/** That of the skull that a result is of, as it was then. */
export const skullIdOfResult = ({
  ct,
  skullSource,
  skullRevision,
}: Pick<StudyResult, 'ct' | 'skullSource' | 'skullRevision'>): string =>
  [ct.seriesInstanceUID, skullSource.key, skullRevision].join(' ');

/** Segments that the patch can be judged by: all but the result and the skull that it closes. */
export function references(parts: Sources, ct: CtReference): SkullSource[] {
  const { result } = parts.store.get(ct.studyInstanceUID);
  return otherSegments(parts, ct).filter(({ key }) => key !== result?.skullSource.key);
}
