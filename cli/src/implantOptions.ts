import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import {
  parameterTable,
  type ParameterDescription,
} from '../../extension/src/engine/implant/parameters.ts';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';

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

/** One option a parameter of the implant; flags also with "no-". */
export function implantOptions(): Option[] {
  return parameterTable.flatMap((parameter) => {
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
  });
}

/**
 * What was chosen: a file's parameters, and over them those of the command line.
 *
 * @param file JSON: the parameters by name, or a report with them under `parameters`
 * @throws CranioplastyError `bad-usage` for a file that cannot be read
 */
export function chosenParameters(
  options: Readonly<Record<string, unknown>>,
  file?: string,
): Record<string, unknown> {
  const chosen: Record<string, unknown> = file === undefined ? {} : readParameters(file);
  for (const { name } of parameterTable)
    if (options[name] !== undefined) chosen[name] = options[name];
  return chosen;
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
