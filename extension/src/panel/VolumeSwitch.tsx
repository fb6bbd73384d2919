import { useState } from 'react';
import { isCtVolumeShownIn3d, showCtVolumeIn3d } from '../viewer/layout/ctVolumeIn3d.ts';
import { say } from '../words/say.ts';
import { Toggle } from './parts.tsx';

/** The CT itself in 3D: off at first, because drawing it takes seconds without a fast GPU. */
export function VolumeSwitch() {
  const [shown, setShown] = useState(isCtVolumeShownIn3d);
  return (
    <Toggle
      data-cy="cranioplasty-ct-in-3d"
      label={say('look.ctIn3d')}
      checked={shown}
      onChange={(show) => {
        showCtVolumeIn3d(show);
        setShown(show);
      }}
    />
  );
}
