import { Button, Input } from '@ohif/ui-next';
import { useId } from 'react';
import { resultShapes, type ResultShape } from '../../state/shapes.ts';
import type { StudyResult } from '../../state/studyState.ts';
import { say } from '../../words/say.ts';
import { Toggle } from '../parts.tsx';
import type { ResultProps } from './resultProps.ts';

/** Files to take away, and what of the person goes with them. */
export function FilesSection(props: ResultProps) {
  const { result, outputs, userName, onOutputs } = props;
  const id = useId();
  return (
    <div className="flex flex-col gap-2 py-1">
      <div className="text-muted-foreground flex flex-col gap-1">
        <label htmlFor={id}>{say('files.reader')}</label>
        <Input
          data-cy="cranioplasty-reader"
          id={id}
          className="h-7"
          type="text"
          value={outputs.reader}
          placeholder={userName ?? ''}
          onChange={(event) => onOutputs({ reader: event.target.value })}
        />
      </div>
      <Toggle
        data-cy="cranioplasty-without-person"
        label={say('files.withoutPerson')}
        help={say('files.withoutPerson.help')}
        checked={outputs.withoutPerson}
        onChange={(withoutPerson) => onOutputs({ withoutPerson })}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          data-cy="cranioplasty-download-seg"
          variant="secondary"
          size="sm"
          onClick={props.onDownloadSeg}
        >
          {say('files.seg')}
        </Button>
        {resultShapes.map((shape) => (
          <Button
            key={shape}
            data-cy={`cranioplasty-download-stl-${shape}`}
            variant="secondary"
            size="sm"
            disabled={isEmpty(result, shape)}
            onClick={() => props.onDownloadStl(shape)}
          >
            {say(`files.stl.${shape}`)}
          </Button>
        ))}
        <Button
          data-cy="cranioplasty-download-3mf-implant"
          variant="secondary"
          size="sm"
          disabled={isEmpty(result, 'implant')}
          onClick={props.onDownload3mf}
        >
          {say('files.3mf')}
        </Button>
        <Button
          data-cy="cranioplasty-download-report"
          variant="secondary"
          size="sm"
          onClick={props.onDownloadReport}
        >
          {say('files.report')}
        </Button>
      </div>
    </div>
  );
}

function isEmpty({ shapes }: StudyResult, shape: ResultShape): boolean {
  return shapes[shape].mesh.triangles.length === 0;
}
