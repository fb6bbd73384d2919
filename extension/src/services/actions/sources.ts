import type { SkullSource } from '../../viewer/skullSource.ts';
import type { CtReference } from '../../viewer/ViewerPort.ts';
import type { Parts } from '../parts.ts';

type Sources = Pick<Parts, 'viewer' | 'store'>;

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

/** Segments that the patch can be judged by: all but the result and the skull that it closes. */
export function references(parts: Sources, ct: CtReference): SkullSource[] {
  const { result } = parts.store.get(ct.studyInstanceUID);
  return otherSegments(parts, ct).filter(({ key }) => key !== result?.skullSource.key);
}
