import { describe, expect, it } from 'vitest';
import { inARow, sayOfCheck } from '../../../../extension/src/engine/words/checkSentences.ts';
import { sayMaterial } from '../../../../extension/src/engine/words/parameterTexts.ts';
import { fillIn, saidOf } from '../../../../extension/src/engine/words/sentence.ts';
import {
  aboutFile,
  CranioplastyError,
  noDefectFound,
} from '../../../../extension/src/engine/space/errors.ts';

describe('a sentence', () => {
  it('has its values put in, said ones in English', () => {
    const said = sayOfCheck('checked.mass', {
      mass: '5.0',
      volume: '1.1',
      material: sayMaterial('material.titanium'),
    });
    expect(said).toEqual({
      message: '5.0 g of titanium, 1.1 ml.',
      sentence: {
        name: 'checked.mass',
        values: {
          mass: '5.0',
          volume: '1.1',
          material: { message: 'titanium', sentence: { name: 'material.titanium', values: {} } },
        },
      },
    });
    expect(structuredClone(said)).toEqual(said);
  });

  it('of an error is that of the file it is about, and plain', () => {
    const refused = () =>
      aboutFile('a.nii', () => {
        throw noDefectFound();
      });
    expect(refused).toThrow(/^a\.nii: No defect was found/);
    try {
      refused();
    } catch (error) {
      const said = saidOf(error as CranioplastyError);
      expect(said.sentence).toEqual({
        name: 'error.about',
        values: { name: 'a.nii', what: saidOf(noDefectFound()) },
      });
      expect(structuredClone(said)).toEqual(said);
    }
    expect(new CranioplastyError('no-ct', 'In English alone.').sentence).toBeUndefined();
  });

  it('shows what is not given', () => {
    expect(fillIn('{{a}} of {{b}}', { a: 0 })).toBe('0 of {{b}}');
  });

  it('follows another one, where there is one', () => {
    const none = sayOfCheck('checked.gap.none');
    expect(inARow(none, undefined)).toEqual({
      message: none.message,
      sentences: [none.sentence],
    });
    const held = sayOfCheck('checked.gap.held', { share: 3, most: '1.2' });
    const both = inARow(none, held);
    expect(both.message).toBe(`${none.message} ${held.message}`);
    expect(both.sentences).toEqual([none.sentence, held.sentence]);
  });
});
