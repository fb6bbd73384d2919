import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import {
  completeParameters,
  parameterTable,
  type ImplantParameters,
  type ParameterDescription,
} from '../../../extension/src/engine/implant/parameters.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';

/** keepOffDura → keep-off-dura. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** Reads a value as it stands on the command line; whether it is allowed is judged by the engine. */
function parse(parameter: ParameterDescription, value: string): unknown {
  if (parameter.kind === 'choice') return value;
  if ('word' in parameter && value === parameter.word) return value;
  const numbers = value.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (numbers.some(Number.isNaN)) {
    throw new InvalidArgumentError(
      parameter.kind === 'axis'
        ? `it must be three numbers like -0.7,0,0.7, or ${parameter.word}.`
        : `it must be a number${parameter.kind === 'number' && parameter.word ? ` or ${parameter.word}` : ''}.`,
    );
  }
  return parameter.kind === 'axis' ? numbers : numbers[0];
}

function rangeOf(parameter: ParameterDescription): string {
  switch (parameter.kind) {
    case 'number':
      return `${parameter.least} to ${parameter.most}${parameter.unit && ` ${parameter.unit}`}${parameter.word ? ` or ${parameter.word}` : ''}, default ${parameter.default}`;
    case 'choice':
      return `${parameter.choices.join(', ')}, default ${parameter.default}`;
    case 'axis':
      return `x,y,z in patient LPS or ${parameter.word}, default ${parameter.default}`;
    case 'flag':
      return `default ${parameter.default ? 'on' : 'off'}`;
  }
}

function parsePiece(value: string): number {
  const piece = Number(value);
  if (Number.isInteger(piece) && piece >= 1) return piece;
  throw new InvalidArgumentError('it must be a whole number from 1 on.');
}

/** The options of a design: which piece, a file with parameters, and one for each of them; flags also with "no-". */
export function designOptions(): Option[] {
  return [
    new Option('--piece <n>', 'which piece of the patch, the largest is 1').argParser(parsePiece),
    new Option(
      '--parameters <json>',
      'file with parameters of the implant; options on the line go before it',
    ),
    ...parameterTable.flatMap(optionsOf),
  ];
}

function optionsOf(parameter: ParameterDescription): Option[] {
  const description = `${parameter.label}: ${rangeOf(parameter)}`;
  if (parameter.kind === 'flag') {
    return [
      new Option(`--${kebab(parameter.name)}`, description),
      new Option(`--no-${kebab(parameter.name)}`).hideHelp(),
    ];
  }
  return [
    new Option(`--${kebab(parameter.name)} <value>`, description).argParser((value) =>
      parse(parameter, value),
    ),
  ];
}

/** The options of a command that has those of a design: what was not given is undefined. */
export type DesignOptions = Readonly<Record<string, unknown>> & {
  readonly piece?: number;
  /** JSON: the parameters by name, or a report with them under `parameters`. */
  readonly parameters?: string;
};

/** What is to be designed. */
export interface WantedDesign {
  readonly parameters: ImplantParameters;
  /** Which of the patch's pieces. */
  readonly piece?: number;
}

/**
 * What was chosen: a file's parameters, over them those of the command line, and defaults for the rest.
 *
 * @throws CranioplastyError `bad-usage` for a file that cannot be read, `bad-parameter`, `bad-axis`
 */
export function wantedDesign(options: DesignOptions): WantedDesign {
  const { parameters: file, piece } = options;
  const chosen: Record<string, unknown> = file === undefined ? {} : readParameters(file);
  for (const { name } of parameterTable)
    if (options[name] !== undefined) chosen[name] = options[name];
  return { parameters: completeParameters(chosen), piece };
}

/** The same of a command that designs only if it is asked to, by `--design` or any other of the options. */
export function wantedDesignIfAny(
  options: DesignOptions & { readonly design?: boolean },
): WantedDesign | undefined {
  const names = ['design', 'piece', 'parameters', ...parameterTable.map(({ name }) => name)];
  return names.some((name) => options[name] !== undefined) ? wantedDesign(options) : undefined;
}

function readParameters(path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CranioplastyError(
      'bad-usage',
      `${path} holds no parameters: give a JSON file, such as the implant.json of another design.`,
      { cause },
    );
  }
  if (isRecord(content) && isRecord(content.parameters)) return { ...content.parameters };
  if (isRecord(content)) return { ...content };
  throw new CranioplastyError(
    'bad-usage',
    `${path} holds no parameters: give a JSON object with them by name.`,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
