import { shapeNames, type ShapeName } from '../../state/shapes.ts';
import { say } from '../../words/say.ts';
import { Choice, Range } from '../parts.tsx';
import { VolumeSwitch } from '../VolumeSwitch.tsx';
import type { ResultProps } from './resultProps.ts';

/** How the shapes look, and which of them the viewer's own tools edit, in all planes. */
export function LookSection(props: ResultProps) {
  const { appearance, onAppearance, disabled, onBrush } = props;
  const { shape: brush, hidden, shapes } = props.brush;
  return (
    <div className="flex flex-col gap-1 py-1">
      {shapeNames.map((shape) => (
        <Range
          key={shape}
          data-cy={`cranioplasty-opacity-${shape}`}
          label={say('look.opacity', { shape: say(`shape.${shape}`) })}
          min={0.1}
          max={1}
          step={0.1}
          value={appearance[shape].opacity}
          text={`${Math.round(100 * appearance[shape].opacity)} %`}
          disabled={!appearance[shape].visible}
          onChange={(opacity) => onAppearance(shape, { opacity })}
        />
      ))}
      <VolumeSwitch />
      <Choice
        data-cy="cranioplasty-brush"
        label={say('look.brush')}
        none={brush === undefined ? say('look.brush.other') : undefined}
        items={shapes.map((key) => ({ key, label: say(`shape.${key}`) }))}
        value={brush ?? ''}
        disabled={disabled}
        onChoose={(key) => onBrush(key as ShapeName)}
      />
      {brush && hidden && (
        <span data-cy="cranioplasty-brush-hidden" className="text-muted-foreground">
          {say('look.brush.hidden')}
        </span>
      )}
    </div>
  );
}
