import { Button } from '@ohif/ui-next';
import { siteOf } from '../../engine/shape/site.ts';
import { leastPiece } from '../../engine/shape/postprocess.ts';
import type { ResultShape } from '../../state/shapes.ts';
import { isEdited, shownDesign, type StudyResult } from '../../state/studyState.ts';
import { say, translate } from '../../words/say.ts';
import { sayObject } from '../../words/objectNames.ts';
import { describeSite, formatNumber } from '../format.ts';
import { Notice } from '../parts.tsx';
import type { ResultProps } from './resultProps.ts';

/** The result in three lines, and saving it. */
export function Summary(props: ResultProps) {
  const { result, designing, disabled, onSave } = props;
  const { saved } = result;
  const problem = result.designProblem && translate(result.designProblem);
  return (
    <div data-cy="cranioplasty-summary" className="flex flex-col gap-1">
      <div>
        <div className="text-foreground text-base font-semibold">{describeDefect(result)}</div>
        <div className="text-foreground">{describePatch(result)}</div>
        <Edited result={result} shape="patch" />
        <div className="text-foreground" title={problem}>
          {describeImplant(result, designing)}
        </div>
        <Edited result={result} shape="implant" />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          data-cy="cranioplasty-save"
          size="sm"
          disabled={disabled || saved?.left.length === 0}
          onClick={onSave}
        >
          {say('result.save')}
        </Button>
        {saved && (
          <span
            data-cy="cranioplasty-saved"
            data-series={saved.seriesInstanceUID}
            data-instance={saved.sopInstanceUID}
            role="status"
            style={{ color: saved.left.length === 0 ? '#4ade80' : '#fbbf24' }}
          >
            {saved.left.length === 0
              ? say('result.saved')
              : say('result.savedBut', {
                  left: saved.left.map((name) => translate(sayObject(name))).join(', '),
                })}
          </span>
        )}
      </div>
      {problem !== undefined && <Notice tone="error">{problem}</Notice>}
    </div>
  );
}

/** Where the defect is and how large; of several the largest. */
function describeDefect({ pieces, reconstruction, shapes }: StudyResult): string {
  const [largest] = pieces;
  if (!largest) return say('result.title');
  const site = describeSite(siteOf(largest.middle, reconstruction.alignment.toCanonical));
  const extent = formatNumber(shapes.patch.measurements.extent, 0);
  const count = pieces.filter(({ volume }) => volume >= leastPiece).length;
  if (count < 2) return say('result.defect', { site, extent });
  return say('result.defects', { count, site });
}

function describePatch({ shapes }: StudyResult): string {
  const { volume, meanThickness } = shapes.patch.measurements;
  if (volume === 0) return say('result.noPatch');
  return say('result.patch', {
    volume: formatNumber(volume, 1),
    thickness: formatNumber(meanThickness, 1),
  });
}

function describeImplant(result: StudyResult, designing: boolean): string {
  const { volume } = result.shapes.implant.measurements;
  if (volume === 0) return say('result.noImplant');
  return say('result.implant', {
    volume: formatNumber(volume, 1),
    checks: designing ? say('result.designing') : describeChecks(result),
  });
}

/** What of the checks needs a look. */
function describeChecks(result: StudyResult): string {
  const design = shownDesign(result);
  if (!design) return say('result.predicted');
  const found = (['fail', 'warn'] as const)
    .map((word) => ({
      word,
      count: design.implant.checks.filter((check) => check.result === word).length,
    }))
    .filter(({ count }) => count > 0);
  if (found.length === 0) return say('checks.pass');
  return found.map(({ word, count }) => say(`checks.${word}`, { count })).join(', ');
}

function Edited({ result, shape }: { readonly result: StudyResult; readonly shape: ResultShape }) {
  if (!isEdited(result, shape)) return null;
  return (
    <div data-cy={`cranioplasty-edited-${shape}`} role="status" style={{ color: '#fbbf24' }}>
      {say(result.unmeasured.includes(shape) ? 'result.unmeasured' : 'result.edited')}
    </div>
  );
}
