import { Slider, Switch } from '@ohif/ui-next';
import { shapeStyles, type ShapeName } from '../state/shapes.ts';
import type { ShapeAppearance } from '../viewer/ViewerPort.ts';

interface Props {
  readonly shape: ShapeName;
  readonly appearance: ShapeAppearance;
  readonly onChange: (change: Partial<ShapeAppearance>) => void;
}

/** Visibility and opacity of a shape, in the planes and in 3D. */
export function ShapeRow({ shape, appearance, onChange }: Props) {
  const { label, rgb } = shapeStyles[shape];
  return (
    <div className="flex items-center gap-2 py-1">
      <span
        aria-hidden
        style={{ width: 12, height: 12, borderRadius: 3, background: `rgb(${rgb.join(',')})` }}
      />
      <span className="text-foreground flex-1">{label}</span>
      <div style={{ width: 90 }}>
        <Slider
          data-cy={`cranioplasty-opacity-${shape}`}
          aria-label={`Opacity of ${label}`}
          min={0.1}
          max={1}
          step={0.1}
          value={[appearance.opacity]}
          disabled={!appearance.visible}
          onValueChange={([opacity]) => onChange({ opacity })}
        />
      </div>
      <Switch
        data-cy={`cranioplasty-visible-${shape}`}
        aria-label={`Show ${label}`}
        checked={appearance.visible}
        onCheckedChange={(visible) => onChange({ visible })}
      />
    </div>
  );
}
