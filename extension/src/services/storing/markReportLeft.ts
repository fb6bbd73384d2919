import type { StudyStore } from '../../state/StudyStore.ts';
import { objectNames } from './objectKinds.ts';

/** More is known of a stored result than its stored report says: it can be stored anew. */
export function markReportLeft(store: StudyStore, study: string): void {
  const { result } = store.get(study);
  if (!result?.saved) return;
  const left = [...new Set([...result.saved.left, objectNames.report])];
  store.update(study, { result: { ...result, saved: { ...result.saved, left } } });
}
