import { useEffect, useReducer, useState, useSyncExternalStore } from 'react';
import type { CranioplastyService } from '../services/CranioplastyService.ts';
import type { InstalledModel } from '../services/installedModels.ts';
import type { OutputSettings, StudyState } from '../state/studyState.ts';
import { currentLanguage, subscribeToLanguage } from '../words/say.ts';
import type { ViewerPort } from '../viewer/ViewerPort.ts';

/** Renders again when the viewer's segmentations or layout change. */
export function useViewerChanges(viewer: ViewerPort): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => viewer.subscribe(again), [viewer]);
}

/** State of a study, which lives outside the panel. */
export function useStudyState(service: CranioplastyService, study: string): StudyState {
  return useSyncExternalStore(service.store.subscribe, () => service.store.get(study));
}

/** What goes out with the results of this session. */
export function useOutputSettings(service: CranioplastyService): OutputSettings {
  return useSyncExternalStore(service.store.subscribe, () => service.store.outputs);
}

/** What the site has to choose from; undefined until it answered. */
export function useInstalledModels(
  service: CranioplastyService,
): readonly InstalledModel[] | undefined {
  const [models, setModels] = useState<readonly InstalledModel[]>();
  useEffect(() => {
    let left = false;
    void service.installedModels().then((answer) => {
      if (!left) setModels(answer);
    });
    return () => {
      left = true;
    };
  }, [service]);
  return models;
}

/** The time of day, each second while it is needed. */
export function useClock(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** The language of the viewer. */
export function useLanguage(): string {
  return useSyncExternalStore(subscribeToLanguage, currentLanguage);
}
