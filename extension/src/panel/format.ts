import type { Stage } from '../engine/progress.ts';
import type { InstalledModel } from '../services/installedModels.ts';
import { remainingTime } from '../services/timeline.ts';
import type { Activity } from '../state/studyState.ts';
import type { ProviderReport } from '../worker/protocol.ts';

const stageNames: Record<Stage, string> = {
  'load-model': 'Loading the model',
  align: 'Aligning the skull',
  resample: 'Resampling',
  coarse: 'Coarse estimate',
  fine: 'Fine windows',
  postprocess: 'Cleaning up',
  restore: 'Back to the CT grid',
  surfaces: 'Making surfaces',
  measure: 'Measuring',
};

const providerNames: Record<ProviderReport['provider'], string> = {
  webgpu: 'WebGPU',
  'wasm-threads': 'WebAssembly',
  wasm: 'WebAssembly',
};

/** Where an activity stands: stage, window n of m, elapsed and estimated time. */
export function describeActivity(activity: Activity, now: number): string {
  const elapsed = Math.max(0, now - activity.startedAt);
  if (activity.kind === 'segment-bone') return `Segmenting bone · ${formatTime(elapsed)}`;
  if (activity.kind === 'judge-fit') return `Judging the fit · ${formatTime(elapsed)}`;
  if (activity.kind === 'compare') return `Comparing · ${formatTime(elapsed)}`;
  if (activity.kind === 'leave-out-piece') return `Leaving out a piece · ${formatTime(elapsed)}`;
  if (activity.kind === 'bring-back-piece') return 'Bringing back a piece';
  if (activity.kind === 'save') return 'Saving and reading back';
  if (activity.kind === 'reopen') return 'Opening the stored result';
  const { progress } = activity;
  if (!progress) return 'Reading the skull';
  const parts = [
    `${activity.kind === 'rehearse' ? 'Rehearsal: ' : ''}${stageNames[progress.stage]}`,
  ];
  if (progress.window) parts[0] += ` ${progress.window.done} of ${progress.window.total}`;
  parts.push(formatTime(elapsed));
  const left = timeLeft(activity, now);
  if (left !== undefined) parts.push(`about ${formatTime(left)} left`);
  return parts.join(' · ');
}

/** Time that is left, ms; undefined while nothing tells it. Never less than a second: it is not over yet. */
export function timeLeft(
  { timeline, known, startedAt }: Activity,
  now: number,
): number | undefined {
  const left = timeline && remainingTime(timeline, Math.max(0, now - startedAt), known);
  return left === undefined ? undefined : Math.max(1000, left);
}

export function formatTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function describeProvider({ provider, description }: ProviderReport): string {
  // A stored result may come from the command line, which has others.
  const name: string = providerNames[provider] ?? provider;
  return description ? `${name} (${description})` : name;
}

/** From this size of window on a run takes a CPU many minutes, voxels. */
const windowForGpu = 128;

/** The models to choose from. One that is chosen and not there stays in sight: nothing else runs in its place. */
export function modelChoices(
  installed: readonly InstalledModel[] | undefined,
  chosen: string,
): { readonly key: string; readonly label: string }[] {
  const choices = (installed ?? []).map(({ folder, name, version, spacing, window }) => {
    const slow = window >= windowForGpu ? ', slow without a GPU' : '';
    return { key: folder, label: `${name} ${version} (${spacing} mm${slow})` };
  });
  if (choices.some(({ key }) => key === chosen)) return choices;
  return [{ key: chosen, label: installed ? `${chosen} (not installed)` : chosen }, ...choices];
}

export function formatNumber(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
