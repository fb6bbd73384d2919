import type { ModelManifest } from './engine/cascade/manifest.ts';
import type { Reconstruction } from './engine/reconstruction.ts';

/** Folder of the model that reconstructs where none is named: in the panel, on the command line and in benchmarks. */
export const defaultModel = 'ct-lite';

/** Folders of the models that this project comes with: a page cannot list what a server holds, only ask for it. */
export const shippedModels: readonly string[] = [defaultModel, 'ct-base', 'lite'];

/** What a result says of the model that made it. */
export type ModelIdentity = Reconstruction['model'];

/** What the licence of a model's weights wants to be said wherever its name is; undefined if it restricts no use. */
export function termsOf({
  licence,
  use,
}: Pick<ModelManifest, 'licence' | 'use'>): string | undefined {
  return use && [licence, use].filter(Boolean).join(', ');
}

/** Name, version and terms on one line. */
export function describeModel(model: Pick<ModelIdentity, 'name' | 'version' | 'licence' | 'use'>) {
  const terms = termsOf(model);
  return `${model.name} ${model.version}${terms ? ` (${terms})` : ''}`;
}

/**
 * What a list of series shows of a result. It has 64 characters, and the restriction of use must be among them:
 * where there is not room for all, version and name go, which the object holds elsewhere.
 *
 * @param made date and time that tell it from others
 */
export function seriesDescriptionOf({ name, version, use }: ModelIdentity, made?: string): string {
  const start = made ? `Cranioplasty ${made}` : 'Cranioplasty';
  const [whole, ...shorter] = use
    ? [`${start}, ${use}: ${name} ${version}`, `${start}, ${use}: ${name}`, `${start}, ${use}`]
    : [`${start} ${name} ${version} (research)`, `${start} ${name} (research)`];
  return [whole, ...shorter].find((text) => text.length <= 64) ?? whole;
}
