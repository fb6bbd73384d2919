/** Room `implant`: skull and patch in, a solid that can be printed and put in, with its checks, out. */

import { CranioplastyError } from '../space/errors.ts';
import type { Vec3 } from '../space/grid.ts';
import { parameterTexts, sayParameter } from '../words/parameterTexts.ts';
import type { Said } from '../words/sentence.ts';
import { why } from '../words/errorSentences.ts';

/** Everything that can be chosen about a designed implant. Lengths in mm, angles in degrees. */
export interface ImplantParameters {
  readonly material: MaterialName;
  /** g/cm³. */
  readonly density: number;
  /** `bone`: as thick as the patch. */
  readonly thickness: number | 'bone';
  /** Whether it ends at the patch's inner surface where that is nearer than its thickness. */
  readonly keepOffDura: boolean;
  /** Outer surface above (positive) or below the patch's. */
  readonly outerOffset: number;
  /** Free space to bone along the border, and along the caudal temporal edge. */
  readonly clearance: number;
  readonly temporalClearance: number;
  /** Direction in which it is taken out again, patient LPS, any length. */
  readonly axis: 'automatic' | Vec3;
  /** Lean of the outer half of the side wall. */
  readonly edgeTaper: number;
  readonly edgeRadius: number;
  readonly perfusionHoles: boolean;
  readonly perfusionDiameter: number;
  /** Distance of the holes' middles. */
  readonly perfusionPitch: number;
  /** Least distance of a hole's middle from the edge. */
  readonly perfusionEdge: number;
  /** Number of suture holes along the edge. */
  readonly sutureHoles: number;
  readonly sutureDiameter: number;
  /** Distance of their middles from the edge. */
  readonly sutureEdge: number;
  readonly pieces: number;
  /** Width of the cut between two pieces. */
  readonly kerf: number;
  /** The printer: its thinnest wall, and the sides of its build space. */
  readonly leastWall: number;
  readonly bedWidth: number;
  readonly bedDepth: number;
  readonly bedHeight: number;
}

/** Materials and their densities, g/cm³; `custom` takes the density that is given. */
export const materials = {
  PEEK: 1.3,
  PMMA: 1.18,
  titanium: 4.43,
  hydroxyapatite: 3.16,
  custom: undefined,
} as const;

export type MaterialName = keyof typeof materials;

interface Described {
  readonly name: keyof ImplantParameters;
  /** In English, as the help. */
  readonly label: string;
  readonly help: string;
  /** Where range and default come from. */
  readonly source: string;
}

interface NumberParameter extends Described {
  readonly kind: 'number';
  readonly unit: 'mm' | '°' | 'g/cm³' | '';
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
  /** A word that stands in a number's place. */
  readonly word?: 'bone';
  readonly default: number;
}

interface FlagParameter extends Described {
  readonly kind: 'flag';
  readonly default: boolean;
}

interface ChoiceParameter extends Described {
  readonly kind: 'choice';
  readonly choices: readonly MaterialName[];
  readonly default: string;
}

interface AxisParameter extends Described {
  readonly kind: 'axis';
  readonly word: 'automatic';
  readonly default: string;
}

/** One parameter as the panel, the command line and files need it. */
export type ParameterDescription =
  NumberParameter | FlagParameter | ChoiceParameter | AxisParameter;

const ours = 'ours';
const closure = 'Nout and Mommaerts 2018';

const described = (name: keyof ImplantParameters) => ({
  name,
  label: parameterTexts[`parameter.${name}.label`],
  help: parameterTexts[`parameter.${name}.help`],
});

const millimetres = (
  name: keyof ImplantParameters,
  [least, most]: readonly [number, number],
  standard: number,
  source = ours,
): NumberParameter => ({
  kind: 'number',
  unit: 'mm',
  ...described(name),
  least,
  most,
  default: standard,
  source,
});

/** All parameters, those that matter first in front. */
export const parameterTable: readonly ParameterDescription[] = [
  {
    kind: 'choice',
    ...described('material'),
    choices: Object.keys(materials) as MaterialName[],
    default: 'PEEK',
    source: ours,
  },
  {
    ...millimetres('thickness', [1, 10], 4, 'FDA K250334: 2 to 10, typically 4; K231834: 3 to 6'),
    word: 'bone',
  },
  millimetres('clearance', [0, 3], 0.5),
  millimetres('temporalClearance', [0, 5], 3, closure),
  {
    kind: 'axis',
    ...described('axis'),
    word: 'automatic',
    default: 'automatic',
    source: ours,
  },
  millimetres('outerOffset', [-2, 1], 0, `${closure} advise less than the full contour`),
  {
    kind: 'flag',
    ...described('keepOffDura'),
    default: true,
    source: ours,
  },
  millimetres('edgeRadius', [0, 2], 0.5),
  {
    kind: 'number',
    unit: '°',
    ...described('edgeTaper'),
    least: 0,
    most: 60,
    default: 0,
    source: ours,
  },
  {
    kind: 'flag',
    ...described('perfusionHoles'),
    default: false,
    source: 'FDA K121102',
  },
  millimetres('perfusionDiameter', [1, 3], 2, 'FDA K121102'),
  millimetres('perfusionPitch', [6, 20], 10, 'FDA K121102'),
  millimetres('perfusionEdge', [2, 20], 6, 'FDA K121102'),
  {
    kind: 'number',
    unit: '',
    ...described('sutureHoles'),
    least: 0,
    most: 60,
    whole: true,
    default: 0,
    source: 'FDA K121153',
  },
  millimetres('sutureDiameter', [1, 3], 2, 'FDA K121153'),
  millimetres('sutureEdge', [2, 15], 4, 'FDA K121153'),
  {
    kind: 'number',
    unit: '',
    ...described('pieces'),
    least: 1,
    most: 2,
    whole: true,
    default: 1,
    source: `${closure} (segmented plates)`,
  },
  millimetres('kerf', [0.1, 2], 0.3),
  {
    kind: 'number',
    unit: 'g/cm³',
    ...described('density'),
    least: 0.5,
    most: 10,
    default: materials.PEEK,
    source: ours,
  },
  millimetres('leastWall', [0.3, 3], 1),
  millimetres('bedWidth', [50, 1000], 250),
  millimetres('bedDepth', [50, 1000], 250),
  millimetres('bedHeight', [50, 1000], 250),
];

/** What is designed when nothing is chosen. */
export const defaultParameters = Object.fromEntries(
  parameterTable.map((parameter) => [parameter.name, parameter.default]),
) as unknown as ImplantParameters;

const bad = (said: string | Said) => new CranioplastyError('bad-parameter', said);

/**
 * Completes chosen parameters by the defaults and checks them. The density follows the material unless it is custom.
 * A value out of its range is refused, never bent.
 *
 * @param chosen from a form, the command line or a file: of unknown make
 * @throws CranioplastyError `bad-parameter`: which one, its range and what to do; `bad-axis` for no direction
 */
export function completeParameters(chosen: Readonly<Record<string, unknown>>): ImplantParameters {
  for (const name of Object.keys(chosen))
    if (!parameterTable.some((parameter) => parameter.name === name)) {
      throw bad(
        `There is no parameter "${name}": choose among ${parameterTable.map((p) => p.name).join(', ')}.`,
      );
    }
  const complete: Record<string, unknown> = {};
  for (const parameter of parameterTable) {
    const value = chosen[parameter.name] ?? parameter.default;
    assertValue(parameter, value);
    complete[parameter.name] = value;
  }
  // Each value has been checked against its row of the table.
  const parameters = complete as unknown as ImplantParameters;
  const density = materials[parameters.material] ?? parameters.density;
  assertTogether(parameters);
  return { ...parameters, density };
}

const sayWord = (word: 'bone' | 'automatic') => sayParameter(`parameter.word.${word}`);

function assertValue(parameter: ParameterDescription, value: unknown): void {
  const { label } = parameter;
  const translated = sayParameter(`parameter.${parameter.name}.label`);
  switch (parameter.kind) {
    case 'flag':
      if (typeof value !== 'boolean') throw bad(`${label} is on or off: give true or false.`);
      return;
    case 'choice':
      if (!parameter.choices.includes(value as MaterialName)) {
        throw bad(`${label} cannot be "${value}": choose ${parameter.choices.join(', ')}.`);
      }
      return;
    case 'axis':
      if (value === parameter.word) return;
      if (
        !Array.isArray(value) ||
        value.length !== 3 ||
        !value.every((v) => Number.isFinite(v)) ||
        Math.hypot(...value) < 1e-6
      ) {
        throw new CranioplastyError(
          'bad-axis',
          why('error.parameter.axis', { label: translated, word: sayWord(parameter.word) }),
        );
      }
      return;
    case 'number': {
      if (parameter.word !== undefined && value === parameter.word) return;
      const { least, most, unit, whole } = parameter;
      const range = why('error.range', { least, most: `${most}${unit && ` ${unit}`}` });
      if (typeof value !== 'number' || !Number.isFinite(value) || value < least || value > most) {
        const given = { label: translated, value: String(value), range };
        throw bad(
          parameter.word
            ? why('error.parameter.range-or-word', { ...given, word: sayWord(parameter.word) })
            : why('error.parameter.range', given),
        );
      }
      if (whole && !Number.isInteger(value)) {
        throw bad(why('error.parameter.whole', { label: translated, value, range }));
      }
    }
  }
}

/** What single values allow but not together. */
function assertTogether(p: ImplantParameters): void {
  if (p.thickness !== 'bone' && p.thickness < p.leastWall) {
    throw bad(why('error.thickness', { thickness: p.thickness, wall: p.leastWall }));
  }
  const between = p.perfusionPitch - p.perfusionDiameter;
  if (p.perfusionHoles && between < p.leastWall) {
    throw bad(why('error.perfusion-walls', { between: between.toFixed(1), wall: p.leastWall }));
  }
  const rim = p.sutureEdge - p.sutureDiameter / 2;
  if (p.sutureHoles > 0 && rim < p.leastWall) {
    throw bad(why('error.suture-rim', { rim: rim.toFixed(1), wall: p.leastWall }));
  }
}
