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
  const stls = resultShapes.map(
    (shape) =>
      [
        `stl-${shape}`,
        say(`files.stl.${shape}`),
        !isEmpty(result, shape),
        () => props.onDownloadStl(shape),
      ] as const,
  );
  const files = [
    ['seg', say('files.seg'), true, props.onDownloadSeg],
    ...stls,
    ['3mf-implant', say('files.3mf'), !isEmpty(result, 'implant'), props.onDownload3mf],
    ['report', say('files.report'), true, props.onDownloadReport],
  ] as const;
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
        {files.map(([name, label, there, onClick]) => (
          <Button
            key={name}
            data-cy={`cranioplasty-download-${name}`}
            variant="secondary"
            size="sm"
            disabled={!there}
            onClick={onClick}
          >
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}

function isEmpty({ shapes }: StudyResult, shape: ResultShape): boolean {
  return shapes[shape].mesh.triangles.length === 0;
}
