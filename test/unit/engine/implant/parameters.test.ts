import { describe, expect, it } from 'vitest';
import {
  completeParameters,
  defaultParameters,
  parameterTable,
} from '../../../../extension/src/engine/implant/parameters.ts';

describe('parameters of an implant', () => {
  it('are the defaults where nothing is chosen, each within its range', () => {
    expect(completeParameters({})).toEqual(defaultParameters);
    for (const p of parameterTable) {
      expect(p.help.endsWith('.')).toBe(true);
      if (p.kind !== 'number') continue;
      expect(p.default).toBeGreaterThanOrEqual(p.least);
      expect(p.default).toBeLessThanOrEqual(p.most);
    }
  });

  it('come back from JSON as they were', () => {
    const chosen = completeParameters({ thickness: 'bone', axis: [0, 0.6, 0.8], pieces: 2 });
    expect(completeParameters(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen);
  });

  it('take the density of the material', () => {
    expect(completeParameters({ material: 'titanium' }).density).toBe(4.43);
    expect(completeParameters({ material: 'custom', density: 2 }).density).toBe(2);
  });

  const wrong: [string, Record<string, unknown>, string, string][] = [
    [
      'out of range',
      { clearance: 3.5 },
      'bad-parameter',
      'Clearance cannot be 3.5: choose 0 to 3 mm.',
    ],
    [
      'no number',
      { thickness: 'thick' },
      'bad-parameter',
      'Thickness cannot be thick: choose 1 to 10 mm, or "bone".',
    ],
    [
      'half a piece',
      { pieces: 1.5 },
      'bad-parameter',
      'Pieces cannot be 1.5: choose a whole number from 1 to 2.',
    ],
    [
      'an unknown material',
      { material: 'wood' },
      'bad-parameter',
      'Material cannot be "wood": choose PEEK, PMMA, titanium, hydroxyapatite, custom.',
    ],
    [
      'no flag',
      { perfusionHoles: 'yes' },
      'bad-parameter',
      'Perfusion holes is on or off: give true or false.',
    ],
    ['no direction', { axis: [0, 0, 0] }, 'bad-axis', 'Insertion axis is no direction'],
    ['a name that is none', { thicknes: 3 }, 'bad-parameter', 'There is no parameter "thicknes"'],
    [
      "thinner than the printer's wall",
      { thickness: 1, leastWall: 1.5 },
      'bad-parameter',
      "A thickness of 1 mm is below the printer's thinnest wall of 1.5 mm",
    ],
    [
      'holes that leave thin walls',
      {
        perfusionHoles: true,
        perfusionPitch: 6,
        perfusionDiameter: 3,
        leastWall: 3,
        thickness: 4,
        perfusionEdge: 6,
        sutureHoles: 10,
        sutureDiameter: 3,
        sutureEdge: 4,
      },
      'bad-parameter',
      'Suture holes leave 2.5 mm to the edge',
    ],
  ];
  it.each(wrong)('refuse %s', (_, chosen, code, message) => {
    expect(() => completeParameters(chosen)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
