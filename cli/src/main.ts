import dcmjs from 'dcmjs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { product } from '../../extension/src/dicom/product.ts';
import {
  CranioplastyError,
  type CranioplastyErrorCode,
} from '../../extension/src/engine/space/errors.ts';
import { defaultBoneOptions } from '../../extension/src/engine/bone/segmentBone.ts';
import { alternatives } from '../../extension/src/engine/prior/shapePrior.ts';
import { methods } from '../../extension/src/engine/reconstruction.ts';
import { defaultModel } from '../../extension/src/models.ts';
import { implantCommand, type ImplantOptions } from './implantCommand.ts';
import { designOptions, type DesignOptions } from './implant/options.ts';
import { parseOrientation, type Orientation } from './io/orientation.ts';
import { volumeEndingsInWords } from './io/volumeFormats.ts';
import { cohortCommand, type CohortOptions } from './cohortCommand.ts';
import { isCohort } from './cohort/inputs.ts';
import { evaluateCommand, type EvaluateOptions } from './evaluateCommand.ts';
import { serveEvaluation } from './evaluate/worker.ts';
import { installedModels } from './modelFolder.ts';
import { providers } from './openBackend.ts';
import { jsonOutput, textOutput, type Output } from './output.ts';
import { reconstructCommand, type ReconstructOptions } from './reconstructCommand.ts';
import { segmentCommand, type SegmentOptions } from './segmentCommand.ts';

/** Failures that are not the input's fault: trying again, another device or a repair may help. */
const notTheInput: ReadonlySet<CranioplastyErrorCode> = new Set([
  'cancelled',
  'model-invalid',
  'model-tampered',
  'inference-failed',
  'device-lost',
]);

function parseNumber(value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) {
    throw new InvalidArgumentError('it must be a number.');
  }
  return parsed;
}

function parseCount(value: string): number {
  const parsed = parseNumber(value);
  if (!Number.isInteger(parsed) || parsed < 1) {
    throw new InvalidArgumentError('it must be a whole number from 1 on.');
  }
  return parsed;
}

function orientationOption(): Option {
  return new Option(
    '--orientation <axes>',
    'which way the axes of a volume point that does not say so itself: LPS, RAS, LIA, …',
  ).argParser((value): Orientation => {
    const parsed = parseOrientation(value);
    if (parsed) return parsed;
    throw new InvalidArgumentError(
      'it must be three letters, one each of L or R, P or A, S or I, like LPS.',
    );
  });
}

function seriesOption(): Option {
  return new Option('--series <n>', 'number or UID of the CT series, where a folder holds several');
}

function straightenedCtOption(): Option {
  return new Option(
    '--straightened-ct <dir>',
    'of a tilted or unevenly sliced CT: folder for the CT as it was straightened, to store beside the results, which refer to it then; the viewer opens them on it',
  );
}

const parseList = (value: string): string[] => value.split(',').filter(Boolean);

function outputOf(json: boolean | undefined): Output {
  return json ? jsonOutput(console.log) : textOutput(console.log, console.error);
}

const isOrientation = (value: unknown): value is Orientation =>
  typeof value === 'object' && value !== null && 'name' in value;

/** Options of each input of a cohort, as they were given on the command line. */
function givenOptions(command: Command): string[] {
  const own = new Set(['out', 'processes', 'threads', 'json']);
  return Object.entries(command.opts<Record<string, unknown>>()).flatMap(([name, value]) => {
    if (own.has(name) || command.getOptionValueSource(name) !== 'cli') return [];
    const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (typeof value === 'boolean') return [`--${value ? '' : 'no-'}${option}`];
    // An orientation is known by its letters.
    const text = isOrientation(value) ? value.name : String(value);
    return [`--${option}`, text];
  });
}

/** Runs a command and turns what it throws into one line and an exit code: 2 for bad input, else 1. */
async function run(output: Output, work: () => Promise<number | void> | void): Promise<void> {
  try {
    const code = await work();
    if (code) process.exitCode = code;
  } catch (error) {
    if (error instanceof CranioplastyError) {
      output.error(error.code, error.message);
      process.exitCode = notTheInput.has(error.code) ? 1 : 2;
    } else {
      const message = error instanceof Error ? error.message : String(error);
      output.error('internal', `The program failed: ${message}`);
      process.exitCode = 1;
    }
  }
}

function program(): Command {
  const command = new Command('cranioplasty')
    .description(`Cranial reconstruction. ${product.researchUse}.`)
    .version(product.version)
    .exitOverride()
    .showHelpAfterError(false);

  const reconstruct = command
    .command('reconstruct')
    .description('reconstruct defective skulls: skull patch and implant')
    .argument(
      '<skulls...>',
      `DICOM segmentation (.dcm), ${volumeEndingsInWords}; of several each as PATH or NAME=PATH`,
    )
    .requiredOption(
      '--out <dir>',
      'folder for the results; of several inputs a folder each, and a run that was stopped goes on there',
    )
    .option('--processes <n>', 'of several inputs so many at a time (default: 1)', parseCount)
    .option('--threads <n>', 'of the CPU for each input (default: the cores divided)', parseCount)
    .option('--ct <dir>', 'folder of the CT series, for references and a check of the geometry')
    .addOption(seriesOption())
    .addOption(straightenedCtOption())
    .option('--segment <n>', 'number of the segment or label that holds the skull', parseCount)
    .addOption(orientationOption())
    .option(
      '--model <name>',
      `model to use: ${installedModels().join(', ')}, or the folder of one`,
      defaultModel,
    )
    .addOption(
      new Option('--provider <name>', 'what computes the networks')
        .choices(providers)
        .default('auto'),
    )
    .addOption(
      new Option(
        '--method <name>',
        'the networks, the shape prior of the model without them (seconds), or the mirrored opposite side',
      )
        .choices(methods)
        .default('network'),
    )
    .addOption(
      new Option(
        '--alternative <shape>',
        'the expected shape, or one standard deviation of the shape prior farther out or in',
      )
        .choices(alternatives)
        .default('expected'),
    )
    .option('--rehearse', 'try the method on the intact side too, where the truth is known')
    .option(
      '--design',
      'design the implant from the patch in place of the predicted one; any option of the design below does too',
    )
    .option('--json', 'progress and result as JSON lines on standard output');
  for (const option of designOptions()) reconstruct.addOption(option);
  reconstruct.action(
    (
      skulls: string[],
      options: ReconstructOptions & CohortOptions & DesignOptions & { json?: boolean },
      command: Command,
    ) => {
      const output = outputOf(options.json);
      return run(output, () =>
        isCohort(skulls)
          ? cohortCommand(skulls, options, givenOptions(command), output)
          : reconstructCommand(skulls[0], options, output),
      );
    },
  );

  command
    .command('segment')
    .description('segment the skull from a CT')
    .argument('<ct>', `folder of a CT series, ${volumeEndingsInWords}`)
    .requiredOption('--out <skull>', 'file to write: .dcm, .nii.gz, .nii or .nrrd')
    .option(
      '--threshold <hu>',
      'lowest CT number of bone',
      parseNumber,
      defaultBoneOptions.threshold,
    )
    .addOption(seriesOption())
    .addOption(straightenedCtOption())
    .addOption(orientationOption())
    .option('--json', 'result as JSON lines on standard output')
    .action((ct: string, options: SegmentOptions & { json?: boolean }) => {
      const output = outputOf(options.json);
      return run(output, () => segmentCommand(ct, options, output));
    });

  const implant = command
    .command('implant')
    .description('design an implant for a skull and its patch, to be printed and put in')
    .argument('<skull>', `defective skull: DICOM segmentation (.dcm), ${volumeEndingsInWords}`)
    .argument('<patch>', 'its patch, on the same grid')
    .requiredOption('--out <dir>', 'folder for the results')
    .option('--ct <dir>', 'folder of the CT series, for DICOM segmentations')
    .option('--segment <n>', 'number of the segment or label that holds the skull', parseCount)
    .option('--patch-segment <n>', 'the same of the patch', parseCount)
    .addOption(orientationOption())
    .option('--json', 'result as JSON lines on standard output');
  for (const option of designOptions()) implant.addOption(option);
  implant.action((skull: string, patch: string, options: ImplantOptions & DesignOptions) => {
    const output = outputOf(options.json === true);
    return run(output, () => implantCommand(skull, patch, options, output));
  });

  command
    .command('evaluate')
    .description('measure reconstructions of cases with known truth: tables, figures, tests')
    .argument(
      '<folders...>',
      'folders of cases: defective, patch and implant .nii.gz in each; or skull_NNN beside implant_NNN (SkullFix); or defective_skull and implant (AutoImplant)',
    )
    .requiredOption('--out <dir>', 'folder for the results; a run that was stopped goes on there')
    .option(
      '--methods <names>',
      'models by name or folder, prior:MODEL, mirror, continuation; separated by commas',
      parseList,
      [defaultModel, 'mirror'],
    )
    .option('--subjects <names>', 'only these subjects, separated by commas: 060,061', parseList)
    .addOption(orientationOption())
    .option('--processes <n>', 'processes at a time (default: one for each core)', parseCount)
    .addOption(
      new Option('--provider <name>', 'what computes the networks')
        .choices(providers)
        .default('auto'),
    )
    .option('--rehearse', 'rehearse each result on the opposite side: twice the time')
    .option('--scores <csv>', 'scores to correlate with the figures: case, [method], score, …')
    .option('--json', 'progress and result as JSON lines on standard output')
    .action((folders: string[], options: EvaluateOptions & { json?: boolean }) => {
      const output = outputOf(options.json);
      return run(output, () => evaluateCommand(folders, options, output));
    });

  // Started by `evaluate` for itself.
  command.command('evaluate-worker', { hidden: true }).action(serveEvaluation);
  return command;
}

// What dcmjs has to say about unusual files is of no use to who runs this.
dcmjs.log.setLevel('silent');
dcmjs.log.getLogger('validation.dcmjs').setLevel('silent');

try {
  await program().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
