import type { DesignedImplant } from '../../engine/implant/design.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import { middleVertex } from '../../engine/surface/mesh.ts';
import { parameterTable, type ImplantParameters } from '../../engine/implant/parameters.ts';
import { isEdited, shownDesign, type StudyResult } from '../../state/studyState.ts';
import { describeAxis, describeParameter, isInUse } from '../implantWords.ts';
import { coolGradient } from '../../viewer/drawing/colourScale.ts';
import { barLength, type DesignPicture } from './designPictures.ts';
import { escapeHtml as escape } from './escapeHtml.ts';
import { section, type Line } from './reportSection.ts';

/** A designed implant as it is stored in the report. */
export interface DesignDescription extends Pick<
  DesignedImplant,
  'parameters' | 'axis' | 'tilt' | 'volume' | 'mass' | 'undercut' | 'checks'
> {
  readonly pieces: number;
  /** A point of the implant that the insertion axis passes through, patient LPS mm. */
  readonly through: Vec3;
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
  const problem = result.designProblem?.message;
  const pieces = meshes.length;
  const through = middleVertex(design.shape.mesh);
  return {
    ...{ parameters, axis, tilt, volume, mass, undercut, checks },
    ...{ pieces, through, edited, problem },
  };
}

function figures({
  axis,
  tilt,
  volume,
  mass,
  undercut,
  pieces,
  through,
  edited,
  problem,
  parameters,
  checks,
}: DesignDescription) {
  const lines: Line[] = [
    ['Volume', `${volume.toFixed(1)} ml`],
    ['Mass', `${mass.toFixed(1)} g`],
    ['Pieces', String(pieces)],
    ['Insertion axis, out of the defect', describeAxis(axis)],
    ['It passes through', `LPS ${through.map((v) => v.toFixed(1)).join(', ')} mm`],
    ['Its angle to the mean normal', `${tilt.toFixed(0)}°`],
    ['Undercut taken away', `${undercut.volume.toFixed(2)} ml`],
  ];
  const { short, middle, long } = checks.find(({ name }) => name === 'size')?.details ?? {};
  if (long !== undefined) {
    const box = [short, middle, long].map((side) => side.toFixed(1)).join(' × ');
    lines.push([pieces > 1 ? 'Box around the larger piece' : 'Box around it', `${box} mm`]);
  }
  const { bedWidth, bedDepth, bedHeight } = parameters;
  lines.push(["Printer's space", `${bedWidth} × ${bedDepth} × ${bedHeight} mm`]);
  if (edited) lines.push(['Edited by hand since', 'yes: parameters and checks are of before']);
  if (problem) lines.push(['Not of patch and parameters as they are', problem]);
  return lines;
}

/** Told together, beside the size of the implant. */
const ofPrinter: ReadonlySet<string> = new Set(['bedWidth', 'bedDepth', 'bedHeight']);

function parameterLines(parameters: ImplantParameters): Line[] {
  return parameterTable
    .filter(({ name }) => isInUse(name, parameters) && !ofPrinter.has(name))
    .map((parameter) => [
      parameter.label,
      describeParameter(parameter, parameters[parameter.name]),
    ]);
}

const marks = { pass: 'Pass', warn: 'Warn', fail: 'Fail' } as const;

/** The designer's page of the report. */
export function designPage(
  design: DesignDescription,
  pictures: readonly DesignPicture[],
  use: string,
): string {
  return `<div class="page">
<h1>Designed implant</h1>
<p class="use">${escape(use)}.</p>
<div class="pictures small">${pictures.map(figureOf).join('')}</div>
<div>The six sides have one scale: the white bar is ${barLength} mm.</div>
<div class="columns">
${designSections(design)}
</div>
</div>`;
}

function figureOf({ name, dataUrl, most }: DesignPicture): string {
  const scale =
    most === undefined
      ? ''
      : `<span class="scale">0 <span style="background: ${coolGradient}"></span> ${most.toFixed(1)} mm or more; grey: none</span>`;
  return `<figure><img alt="${escape(name)}" src="${escape(dataUrl)}"><figcaption>${escape(name)}${scale}</figcaption></figure>`;
}

function designSections(design: DesignDescription): string {
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
