import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { aboutFile, CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { isFolder } from '../io/completeFiles.ts';
import { orientationConflict, type Orientation } from '../io/orientation.ts';
import { maskOf } from '../io/volumeFile.ts';
import { allBytes, readVolumeFile, volumeEnding, volumeEndings } from '../io/volumeFormats.ts';
import { placed } from './placed.ts';

/** Where a case lies: a skull and its truth, in one of the layouts that `findCases` knows. */
export interface CaseFiles {
  /** Unique among the cases of a run; starts with the subject: `<subject>_<region>` or `<subject>`. */
  readonly name: string;
  readonly region: string;
  /** A complete skull is made defective by taking the patch out of it. */
  readonly skullIs: 'defective' | 'complete';
  /** Path of the skull. */
  readonly skull: string;
  /** Path of the missing bone: on the grid of the skull, or on a part of it. */
  readonly patch: string;
  /** Path of the implant, which differs from the missing bone; where there is one. */
  readonly implant?: string;
}

/** A case in memory. The truth is kept small, or on disk, until it is asked for. */
export interface EvaluationCase {
  readonly defective: Mask;
  /** The truth on the grid of the skull. */
  readonly truth: () => { readonly patch: Mask; readonly implant: Mask | null };
}

/** The volume of a name without its ending, if it is there. */
function volumeAt(folder: string, stem: string): string | undefined {
  return volumeEndings
    .map((ending) => join(folder, stem + ending))
    .find((path) => existsSync(path));
}

/** The names of the volumes in a folder, without their endings. */
function stemsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const stems = readdirSync(folder).flatMap((name) => {
    const ending = volumeEnding(name);
    return ending ? [name.slice(0, -ending.length)] : [];
  });
  return [...new Set(stems)];
}

/** The names of the folders in a folder, links to folders among them. */
const foldersIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => isFolder(join(folder, name)));

/** As `defects/make_cases.py` of `models/training` writes it: a folder for each case, named `<subject>_<region>`. */
function caseFolders(parent: string): CaseFiles[] {
  return foldersIn(parent).flatMap((name) => {
    const folder = join(parent, name);
    const [skull, patch, implant] = ['defective', 'patch', 'implant'].map((stem) =>
      volumeAt(folder, stem),
    );
    const [, ...region] = name.split('_');
    return skull && patch
      ? [{ name, region: region.join('_'), skullIs: 'defective', skull, patch, implant }]
      : [];
  });
}

/** SkullFix: `skull_<subject>`, complete, beside `implant_<subject>`, which was removed from it. */
function skullFix(parent: string): CaseFiles[] {
  return stemsIn(parent).flatMap((stem) => {
    const subject = /^skull_(.+)$/.exec(stem)?.[1];
    const skull = volumeAt(parent, stem);
    const patch = subject && volumeAt(parent, `implant_${subject}`);
    const region = basename(resolve(parent));
    return skull && patch ? [{ name: subject, region, skullIs: 'complete', skull, patch }] : [];
  });
}

/**
 * The AutoImplant challenge: `implant/<subject>` beside `defective_skull/<subject>`, else `complete_skull/<subject>`;
 * in SkullBreak a folder for each region between them: `implant/<region>/<subject>`.
 */
function challenge(parent: string): CaseFiles[] {
  const implants = join(parent, 'implant');
  if (!existsSync(implants)) return [];
  return ['', ...foldersIn(implants)].flatMap((region) =>
    stemsIn(join(implants, region)).flatMap((subject): CaseFiles[] => {
      const patch = volumeAt(join(implants, region), subject);
      const defective = volumeAt(join(parent, 'defective_skull', region), subject);
      const skull = defective ?? volumeAt(join(parent, 'complete_skull'), subject);
      if (!patch || !skull) return [];
      return [
        {
          name: region ? `${subject}_${region}` : subject,
          region: region || basename(resolve(parent)),
          skullIs: defective ? 'defective' : 'complete',
          skull,
          patch,
        },
      ];
    }),
  );
}

const subjectOf = ({ name }: CaseFiles): string => name.split('_')[0];

/**
 * The cases of some folders, sorted by name.
 *
 * @param subjects only these, if given
 * @throws CranioplastyError `bad-usage` if there is none, or none of a subject
 */
export function findCases(folders: readonly string[], subjects?: readonly string[]): CaseFiles[] {
  const all = folders.flatMap((parent) => {
    if (!existsSync(parent)) {
      throw new CranioplastyError(
        'bad-usage',
        `There is no folder ${parent}: give folders of cases.`,
      );
    }
    return [...caseFolders(parent), ...skullFix(parent), ...challenge(parent)];
  });
  if (!all.length) {
    throw new CranioplastyError(
      'bad-usage',
      `No case lies in ${folders.join(', ')}: a case is a folder with defective.nii.gz, patch.nii.gz and, if there is one, implant.nii.gz; or skull_NNN.nii.gz beside implant_NNN.nii.gz; or NNN.nrrd in the folders defective_skull and implant.`,
    );
  }
  const unknown = subjects?.filter((subject) => !all.some((c) => subjectOf(c) === subject)) ?? [];
  if (unknown.length) {
    throw new CranioplastyError(
      'bad-usage',
      `No case in ${folders.join(', ')} is of subject ${unknown.join(', ')}: give --subjects as the names of the files do, like ${subjectOf(all[0])}.`,
    );
  }
  const names = new Map<string, number>();
  return all
    .filter((c) => !subjects || subjects.includes(subjectOf(c)))
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((c) => {
      const seen = names.get(c.name) ?? 0;
      names.set(c.name, seen + 1);
      // The same subject and region of another seed.
      return seen ? { ...c, name: `${c.name}-${seen + 1}` } : c;
    });
}

/** SHA-256 over the files of a case, and over their orientation where it is given. */
export function hashCase(
  { skullIs, skull, patch, implant }: CaseFiles,
  orientation?: Orientation,
): string {
  const hash = createHash('sha256');
  for (const [what, file] of [
    [skullIs, skull],
    ['patch', patch],
    ['implant', implant],
  ] as const) {
    hash.update(what);
    if (file !== undefined) hash.update(allBytes(file));
  }
  if (orientation) hash.update(orientation.name);
  return hash.digest('hex');
}

/**
 * @param orientation of files that have none themselves
 * @param warn is told where a file has another
 * @throws CranioplastyError as reading a volume does, `bad-geometry` if the truth lies on another grid
 */
export function readCase(
  { skullIs, skull, patch, implant }: CaseFiles,
  orientation?: Orientation,
  warn: (message: string) => void = () => undefined,
): EvaluationCase {
  const read = (path: string): Mask => {
    const volume = readVolumeFile(path, orientation);
    if (!volume) throw new Error(`${path} has an unknown ending.`);
    const conflict = orientationConflict(volume.grid, orientation, basename(path));
    if (conflict) warn(conflict);
    volume.warnings?.forEach(warn);
    return aboutFile(basename(path), () => maskOf(volume));
  };
  const defective = read(skull);
  const truthAt = (path: string, mask = read(path)): Mask =>
    placed(mask, defective.grid, basename(path));
  const removed = skullIs === 'complete' ? read(patch) : undefined;
  if (removed) {
    const { data } = truthAt(patch, removed);
    for (let p = 0; p < data.length; p++) if (data[p]) defective.data[p] = 0;
  }
  return {
    defective,
    truth: () => ({
      patch: truthAt(patch, removed),
      implant: implant === undefined ? null : truthAt(implant),
    }),
  };
}
