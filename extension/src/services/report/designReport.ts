import type { DesignedImplant } from '../../engine/implant/design.ts';
import { parameterTable, type ImplantParameters } from '../../engine/implant/parameters.ts';
import { isEdited, shownDesign, type StudyResult } from '../../state/studyState.ts';
import { describeAxis, describeParameter, isInUse } from '../implantWords.ts';
import { section, type Line } from './reportSection.ts';

/** A designed implant as it is stored in the report. */
export interface DesignDescription extends Pick<
  DesignedImplant,
  'parameters' | 'axis' | 'tilt' | 'volume' | 'mass' | 'undercut' | 'checks'
> {
  readonly pieces: number;
  /** The checks are of the implant before it was edited by hand. */
  readonly edited: boolean;
  /** Why it is not of the patch and the parameters as they are. */
  readonly problem?: string;
}

/** @returns undefined where the implant is a predicted one */
export function describeDesign(result: StudyResult): DesignDescription | undefined {
  const design = shownDesign(result);
  if (!design) return undefined;
  const { parameters, axis, tilt, volume, mass, undercut, checks, meshes } = design.implant;
  const edited = isEdited(result, 'implant');
  const problem = result.designProblem;
  const pieces = meshes.length;
  return { parameters, axis, tilt, volume, mass, undercut, checks, pieces, edited, problem };
}

function figures({
  axis,
  tilt,
  volume,
  mass,
  undercut,
  pieces,
  edited,
  problem,
}: DesignDescription) {
  const lines: Line[] = [
    ['Volume', `${volume.toFixed(1)} ml`],
    ['Mass', `${mass.toFixed(1)} g`],
    ['Pieces', String(pieces)],
    ['Insertion axis, out of the defect', describeAxis(axis)],
    ['Its angle to the mean normal', `${tilt.toFixed(0)}°`],
    ['Undercut taken away', `${undercut.volume.toFixed(2)} ml`],
  ];
  if (edited) lines.push(['Edited by hand since', 'yes: parameters and checks are of before']);
  if (problem) lines.push(['Not of patch and parameters as they are', problem]);
  return lines;
}

function parameterLines(parameters: ImplantParameters): Line[] {
  return parameterTable
    .filter(({ name }) => isInUse(name, parameters))
    .map((parameter) => [
      parameter.label,
      describeParameter(parameter, parameters[parameter.name]),
    ]);
}

const marks = { pass: 'Pass', warn: 'Warn', fail: 'Fail' } as const;

/** The sections of the report about a designed implant. */
export function designSections(design: DesignDescription): string {
  return [
    section('Design of the implant', figures(design)),
    section('Parameters of the design', parameterLines(design.parameters)),
    section(
      'Checks of the design',
      design.checks.map(({ message, result }): Line => [message, marks[result]]),
      'words',
    ),
  ].join('\n');
}
