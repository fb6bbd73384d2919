import type { ImplantParameters, ParameterDescription } from '../engine/implant/parameters.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import { say, sayInEnglish } from '../words/say.ts';

/** Whether a parameter changes anything beside the others. */
export function isInUse(
  name: keyof ImplantParameters,
  { material, perfusionHoles, sutureHoles, pieces }: ImplantParameters,
): boolean {
  switch (name) {
    case 'density':
      return material === 'custom';
    case 'perfusionDiameter':
    case 'perfusionPitch':
    case 'perfusionEdge':
      return perfusionHoles;
    case 'sutureDiameter':
    case 'sutureEdge':
      return sutureHoles > 0;
    case 'kerf':
      return pieces > 1;
    default:
      return true;
  }
}

export function withUnit(value: number, unit: string): string {
  return unit === '' || unit === '°' ? `${value}${unit}` : `${value} ${unit}`;
}

/** A direction in the patient: its numbers, and where it points to. In English unless told otherwise. */
export function describeAxis(axis: Vec3, tell: typeof say = sayInEnglish): string {
  const numbers = axis.map((value) => value.toFixed(2)).join(', ');
  const sides = [
    ['right', 'left'],
    ['anterior', 'posterior'],
    ['caudal', 'cranial'],
  ] as const;
  const words = axis
    .map((value, a) => ({ size: Math.abs(value), word: sides[a][value > 0 ? 1 : 0] }))
    .filter(({ size }) => size > 0.3)
    .sort((a, b) => b.size - a.size)
    .map(({ word }) => tell(`direction.${word}`));
  return `${words.join(', ')} (LPS ${numbers})`;
}

/** The value of a parameter in words. */
export function describeParameter(
  parameter: ParameterDescription,
  value: ImplantParameters[keyof ImplantParameters],
): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') {
    const unit = parameter.kind === 'number' ? parameter.unit : '';
    return withUnit(value, unit);
  }
  if (typeof value === 'string') return parameter.name === 'thickness' ? 'as the bone' : value;
  return describeAxis(value);
}
