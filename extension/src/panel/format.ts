import type { CtSummary } from '../dicom/ct/ctSummary.ts';
import type { ImplantCheck } from '../engine/implant/checks.ts';
import type { ParameterDescription } from '../engine/implant/parameters.ts';
import type { bones, sides, Site } from '../engine/shape/site.ts';
import type { InstalledModel } from '../services/installedModels.ts';
import { withUnit } from '../services/implantWords.ts';
import { remainingTime } from '../services/timeline.ts';
import type { Activity } from '../state/studyState.ts';
import { say } from '../words/say.ts';
import type { ProviderReport } from '../worker/protocol.ts';

const providerNames: Record<ProviderReport['provider'], string> = {
  webgpu: 'WebGPU',
  'wasm-threads': 'WebAssembly',
  wasm: 'WebAssembly',
};

/** Where an activity stands: stage, window n of m, elapsed and estimated time. */
export function describeActivity(activity: Activity, now: number): string {
  const elapsed = elapsedOf(activity, now);
  const { kind, progress, run } = activity;
  if (kind !== 'reconstruct' && kind !== 'rehearse' && kind !== 'alternatives') {
    return say(`doing.${kind}`, { time: formatTime(elapsed) });
  }
  if (!progress) return say('doing.readSkull');
  let stage = say(`stage.${progress.stage}`);
  if (progress.window) stage = say('doing.window', { stage, ...progress.window });
  if (kind === 'rehearse') stage = say('doing.rehearsal', { stage });
  if (run) {
    const { alternative, number, count } = run;
    const name = say(`alternatives.name.${alternative}`);
    stage = say('doing.alternatives', { name, number, count, stage });
  }
  const parts = [stage, formatTime(elapsed)];
  const left = timeLeft(activity, now);
  if (left !== undefined) parts.push(say('doing.left', { time: formatTime(left) }));
  return parts.join(' · ');
}

/**
 * Time that is left, ms; undefined while nothing tells it. Never less than a second: it is not over yet. Runs that
 * have not begun take as long as the one that is on.
 */
export function timeLeft(activity: Activity, now: number): number | undefined {
  const left = leftOfRun(activity, now);
  if (left === undefined) return undefined;
  const { number, count } = activity.run ?? onlyRun;
  return left + (count - number) * (elapsedOf(activity, now) + left);
}

/** Share that is done of all, 0 to 1; undefined while nothing tells it. */
export function shareDone(activity: Activity, now: number): number | undefined {
  const left = leftOfRun(activity, now);
  if (left === undefined) return undefined;
  const elapsed = elapsedOf(activity, now);
  const { number, count } = activity.run ?? onlyRun;
  return (number - 1 + elapsed / (elapsed + left)) / count;
}

const onlyRun = { number: 1, count: 1 };

const elapsedOf = ({ startedAt }: Activity, now: number): number => Math.max(0, now - startedAt);

function leftOfRun(activity: Activity, now: number): number | undefined {
  const { timeline, known } = activity;
  const left = timeline && remainingTime(timeline, elapsedOf(activity, now), known);
  return left === undefined ? undefined : Math.max(1000, left);
}

export function formatTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return say('time.seconds', { seconds });
  return say('time.minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
}

export function describeProvider({ provider, description }: ProviderReport): string {
  // A stored result may come from the command line, which has others.
  const name: string = providerNames[provider] ?? provider;
  return description ? say('made.provider', { provider: name, description }) : name;
}

/** From this size of window on a run takes a CPU many minutes, voxels. */
const windowForGpu = 128;

/** The models to choose from. One that is chosen and not there stays in sight: nothing else runs in its place. */
export function modelChoices(
  installed: readonly InstalledModel[] | undefined,
  chosen: string,
): { readonly key: string; readonly label: string }[] {
  const choices = (installed ?? []).map(({ folder, name, version, spacing, window }) => ({
    key: folder,
    label: say(window >= windowForGpu ? 'run.model.slow' : 'run.model.usual', {
      name,
      version,
      spacing,
    }),
  }));
  if (choices.some(({ key }) => key === chosen)) return choices;
  const label = installed ? say('run.model.missing', { folder: chosen }) : chosen;
  return [{ key: chosen, label }, ...choices];
}

export function formatNumber(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

/** A site in words of the catalogue: "right frontal". */
export function describeSite(site: Site): string {
  const [side, bone] = site.split(' ') as [(typeof sides)[number], (typeof bones)[number]];
  return say('site', { side: say(`side.${side}`), bone: say(`bone.${bone}`) });
}

/** How many checks went how. */
export function describeCounts(checks: readonly ImplantCheck[]): string {
  const count = (wanted: ImplantCheck['result']) =>
    checks.filter(({ result }) => result === wanted).length;
  return say('check.counts', { fail: count('fail'), warn: count('warn'), pass: count('pass') });
}

/** The range of a number with its unit. */
export function describeRange({
  least,
  most,
  unit,
}: Extract<ParameterDescription, { kind: 'number' }>): string {
  return say('implant.fromTo', { least, most: withUnit(most, unit) });
}

/** A length as it is, without digits that say nothing: "0.63". */
export function formatLength(mm: number): string {
  return String(Number(mm.toFixed(2)));
}

/** What a CT series is: thickness, number of slices and kernel. */
export function describeCt({ thickness, slices, kernel, bone, problem }: CtSummary): string {
  return [
    thickness === undefined
      ? say('case.slices.unknown')
      : say('case.slices', { thickness: `${formatLength(thickness)} mm` }),
    say(slices === 1 ? 'case.image' : 'case.images', { count: slices }),
    ...(kernel ? [say('case.kernel', { kernel })] : bone ? [say('case.bone')] : []),
    ...(problem ? [say('case.unusable')] : []),
  ].join(', ');
}
