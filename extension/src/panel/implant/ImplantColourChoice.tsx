import type { DesignedImplant } from '../../engine/implant/design.ts';
import { colouredImplant } from '../../services/implantColours.ts';
import { implantMaps, type ImplantColours, type ImplantMap } from '../../state/implantChoices.ts';
import { coolGradient } from '../../viewer/drawing/colourScale.ts';
import { say } from '../../words/say.ts';
import { formatNumber } from '../format.ts';
import { Choice, ScaleBar } from '../parts.tsx';

interface Props {
  readonly design: DesignedImplant;
  readonly colours: ImplantColours;
  readonly onColours: (colours: ImplantColours) => void;
}

/** What the colours of the implant in 3D tell, and their scale. */
export function ImplantColourChoice({ design, colours, onColours }: Props) {
  // A design that was opened again has only what the checks came to.
  if (!design.maps) {
    return <div className="text-muted-foreground">{say('implant.colours.unknown')}</div>;
  }
  return (
    <div className="flex flex-col gap-1">
      <Choice
        data-cy="cranioplasty-implant-colours"
        label={say('implant.colours')}
        items={(['plain', ...implantMaps] as const).map((key) => ({
          key,
          label: say(`implant.colours.${key}`),
        }))}
        value={colours}
        disabled={false}
        onChoose={(key) => onColours(key as ImplantColours)}
      />
      {colours !== 'plain' && <Legend design={design} map={colours} />}
    </div>
  );
}

function Legend({ design, map }: Pick<Props, 'design'> & { readonly map: ImplantMap }) {
  const most = colouredImplant(design, map)?.most ?? 0;
  return (
    <div data-cy="cranioplasty-implant-legend">
      <ScaleBar
        gradient={coolGradient}
        low="0"
        high={say('confidence.most', { most: formatNumber(most, 1) })}
      />
      <span className="text-muted-foreground text-xs">{say(`implant.colours.${map}.help`)}</span>
    </div>
  );
}
