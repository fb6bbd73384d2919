import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import type { ResultProps } from '../../../extension/src/panel/result/resultProps.ts';
import { Summary } from '../../../extension/src/panel/result/Summary.tsx';
import { service, setUpService, state, viewer } from './serviceUnderTest.ts';

vi.mock('@ohif/ui-next', () => ({ Button: 'button', Switch: 'button', Input: 'input' }));

setUpService();

/** The lines of the summary, as they are read. */
function lines(change: Partial<ResultProps['result']> = {}, designing = false): string[] {
  const { result } = state();
  if (!result) throw new Error('there is no result');
  const props = { result: { ...result, ...change }, designing, disabled: false, onSave: vi.fn() };
  return renderToStaticMarkup(createElement(Summary, props as unknown as ResultProps))
    .split(/<[^>]+>/)
    .filter(Boolean);
}

describe('the summary of a result', () => {
  it('says where the defect is, what patch and implant measure, and offers to save', async () => {
    await service.reconstruct();
    const piece = { volume: 2, middle: viewer.position as [number, number, number] };
    const [defect, patch, implant, save] = lines({ pieces: [piece], designProblem: undefined });
    expect(defect).toMatch(/^Defect: (right|midline|left) \w+, \d+ mm$/);
    expect(patch).toMatch(/^Patch: [\d.]+ ml, mean thickness [\d.]+ mm$/);
    expect(implant).toMatch(/^Implant: [\d.]+ ml, as predicted$/);
    expect(save).toBe('Save to PACS');
    expect(lines({ pieces: [piece, piece] })[0]).toMatch(/^2 defects, largest /);
    expect(lines({}, true)[2]).toContain('being designed');
  });

  it('says what was edited and is not measured yet, what there is none of, and what went wrong', async () => {
    await service.reconstruct();
    const { shapes } = state().result ?? {};
    if (!shapes) throw new Error('there is no result');
    expect(lines({ unmeasured: ['patch'] })).toContain(
      'Edited: being measured again, the figures are of before',
    );
    expect(lines({ editedBefore: ['implant'] })).toContain('Edited by hand');
    const nothing = { ...shapes.patch.measurements, volume: 0 };
    const gone = { ...shapes.patch, measurements: nothing };
    const empty = lines({ pieces: [], shapes: { patch: gone, implant: gone } });
    expect(empty).toContain('Patch: none, nothing of it is saved');
    expect(empty).toContain('Implant: none, nothing of it is saved');
    expect(lines({ designProblem: { message: 'It cannot be put in.' } })).toContain(
      'It cannot be put in.',
    );
  });
});
