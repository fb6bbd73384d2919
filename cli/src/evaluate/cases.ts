import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { readNifti } from '../io/nifti.ts';
import { maskOf } from '../io/volumeFile.ts';

const shapes = ['defective', 'patch', 'implant'] as const;
type Shape = (typeof shapes)[number];

/** A folder with a defective skull and its truth, as `make_cases` of models/training writes it. */
export interface CaseFolder {
  /** Unique among the cases of a run. */
  readonly name: string;
  /** What follows the subject in the folder's name, `<subject>_<region>`. */
  readonly region: string;
  readonly folder: string;
}

/** A case with its volumes, all on one grid. */
export interface EvaluationCase {
  readonly defective: Mask;
  readonly patch: Mask;
  readonly implant: Mask | null;
}

const fileOf = (folder: string, shape: Shape): string => join(folder, `${shape}.nii.gz`);

/**
 * The cases of some folders, sorted by name.
 * @throws CranioplastyError `bad-usage` if there is none
 */
export function findCases(folders: readonly string[]): CaseFolder[] {
  const found = folders.flatMap((parent) => {
    if (!existsSync(parent)) {
      throw new CranioplastyError(
        'bad-usage',
        `There is no folder ${parent}: give folders of cases.`,
      );
    }
    return readdirSync(parent)
      .map((name) => ({ name, folder: join(parent, name) }))
      .filter(({ folder }) => existsSync(fileOf(folder, 'defective')))
      .filter(({ folder }) => existsSync(fileOf(folder, 'patch')));
  });
  if (!found.length) {
    throw new CranioplastyError(
      'bad-usage',
      `No case lies in ${folders.join(', ')}: a case is a folder with defective.nii.gz, patch.nii.gz and, if there is one, implant.nii.gz.`,
    );
  }
  const names = new Map<string, number>();
  return found
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ name, folder }) => {
      const seen = names.get(name) ?? 0;
      names.set(name, seen + 1);
      const [, ...region] = name.split('_');
      // The same subject and region of another seed.
      const unique = seen ? `${name}-${seen + 1}` : name;
      return { name: unique, region: region.join('_'), folder };
    });
}

/** SHA-256 over the files of a case. */
export function hashCase({ folder }: CaseFolder): string {
  const hash = createHash('sha256');
  for (const shape of shapes) {
    const file = fileOf(folder, shape);
    hash.update(shape);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @throws CranioplastyError as reading a volume does */
export function readCase({ folder }: CaseFolder): EvaluationCase {
  const read = (shape: Shape): Mask => maskOf(readNifti(readFileSync(fileOf(folder, shape))));
  return {
    defective: read('defective'),
    patch: read('patch'),
    implant: existsSync(fileOf(folder, 'implant')) ? read('implant') : null,
  };
}
