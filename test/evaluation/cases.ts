import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { readNifti } from '../../cli/src/io/nifti.ts';
import { maskOf } from '../../cli/src/io/volumeFile.ts';
import type { Mask } from '../../extension/src/engine/volume.ts';

/** A virtual defect with its truth, as `make_cases` of models/training writes it. */
export interface EvaluationCase {
  readonly name: string;
  readonly subject: string;
  readonly region: string;
  readonly defective: Mask;
  readonly patch: Mask;
  readonly implant: Mask | null;
}

/** The case folders below a folder, `<subject>_<region>`, sorted by name and read one at a time. */
export function* readCases(folder: string): Generator<EvaluationCase> {
  for (const name of readdirSync(folder).sort()) {
    const file = (shape: string): string => join(folder, name, `${shape}.nii.gz`);
    if (!existsSync(file('defective')) || !existsSync(file('patch'))) continue;
    const read = (shape: string): Mask => maskOf(readNifti(readFileSync(file(shape))));
    const [subject, region] = name.split('_');
    yield {
      name,
      subject,
      region: region ?? '',
      defective: read('defective'),
      patch: read('patch'),
      implant: existsSync(file('implant')) ? read('implant') : null,
    };
  }
}
