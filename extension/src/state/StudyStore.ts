import { initialStudyState, type OutputSettings, type StudyState } from './studyState.ts';

/**
 * States of all studies of this session, by StudyInstanceUID. It lives outside React, so that a
 * panel that is closed, or a study that is left, loses nothing.
 */
export class StudyStore {
  private given: OutputSettings = { reader: '', withoutPerson: false };
  private readonly states = new Map<string, StudyState>();
  private readonly listeners = new Set<() => void>();

  /** The same object until it changes, as React's external stores require. */
  get(study: string): StudyState {
    return this.states.get(study) ?? initialStudyState;
  }

  /** Of every study that anything is known of. */
  all(): StudyState[] {
    return [...this.states.values()];
  }

  update(study: string, change: Partial<StudyState>): void {
    this.states.set(study, { ...this.get(study), ...change });
    this.tell();
  }

  /** Of the session, whatever the study; the same object until it changes. */
  get outputs(): OutputSettings {
    return this.given;
  }

  setOutputs(change: Partial<OutputSettings>): void {
    this.given = { ...this.given, ...change };
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}
