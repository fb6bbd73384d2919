import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import type { CaseIdentity } from '../../../extension/src/dicom/ct/caseIdentity.ts';
import type { CtSummary } from '../../../extension/src/dicom/ct/ctSummary.ts';
import { CaseHead } from '../../../extension/src/panel/CaseHead.tsx';
import { describeCt } from '../../../extension/src/panel/format.ts';

vi.mock('@ohif/ui-next', () => ({ Button: 'button', Switch: 'button', Input: 'input' }));

const of = (thickness?: number): CtSummary => ({
  slices: 9,
  thickness,
  extent: 160,
  bone: false,
  axial: true,
});

/** The head of the panel for a single series, without its markup. */
function head(summary: CtSummary, identity: CaseIdentity = {}): string {
  const ct = { studyInstanceUID: '1', seriesInstanceUID: '2', label: 'Head' };
  const props = { ct, identity, cts: [{ ct, summary }], disabled: false, onCt: vi.fn() };
  return renderToStaticMarkup(createElement(CaseHead, props)).replace(/<[^>]+>/g, ' ');
}

describe('a CT series', () => {
  it('is named by its slices', () => {
    expect(describeCt({ ...of(0.625), kernel: 'H60s' })).toBe(
      '0.63 mm slices, 9 images, kernel H60s',
    );
    expect(describeCt(of())).toBe('slices of unknown thickness, 9 images');
    expect(describeCt({ ...of(1), slices: 1, bone: true })).toBe('1 mm slices, 1 image, bone');
    expect(describeCt({ ...of(1), problem: 'No.' })).toContain('cannot be used');
  });

  it('is warned of where its slices are thicker than 2 mm', () => {
    expect(head(of(2.5))).toContain('The slices of this CT are 2.5 mm thick: thin bone is lost');
    expect(head(of(2.5))).toContain('at most 2 mm');
    expect(head(of(2))).not.toContain('thick:');
    expect(head(of())).not.toContain('thick:');
  });
});

describe('the head of the panel', () => {
  const identity = {
    patientName: 'Doe, Jane',
    patientId: 'P-17',
    birthDate: '1961-04-30',
    studyDate: '2024-02-29',
    accession: 'A-2048',
  };

  it('says whose images these are, and of which study', () => {
    const said = head(of(1), identity);
    for (const value of Object.values(identity)) expect(said).toContain(value);
  });

  it('has a dash for what the images do not say', () => {
    const said = head(of(1), { studyDate: '2024-02-29' });
    expect(said).toMatch(/no name/i);
    expect(said).toContain('2024-02-29');
    expect(said).toContain('–');
    expect(said).not.toMatch(/undefined|accession/i);
  });
});
