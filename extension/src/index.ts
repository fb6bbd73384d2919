import { createElement } from 'react';
import { hideCtVolumeIn3d } from './ctVolumeIn3d.ts';
import { getHangingProtocolModule } from './hangingProtocol.ts';
import { id, moduleNames } from './id.ts';

/** What the panel shows until the real one takes its place. */
function StubPanel() {
  return createElement(
    'div',
    { className: 'p-2 text-sm text-foreground', 'data-cy': 'cranioplasty-panel' },
    createElement('h2', { className: 'text-base' }, 'Cranioplasty'),
    createElement('p', null, 'Research use only, not a medical device.'),
  );
}

let stopHiding: (() => void) | undefined;

const extension = {
  id,
  onModeEnter() {
    stopHiding?.();
    stopHiding = hideCtVolumeIn3d();
  },
  onModeExit() {
    stopHiding?.();
    stopHiding = undefined;
  },
  getPanelModule() {
    return [
      {
        name: moduleNames.panel,
        iconName: 'tab-segmentation',
        iconLabel: 'Cranioplasty',
        label: 'Cranioplasty',
        component: StubPanel,
      },
    ];
  },
  getHangingProtocolModule,
};

export default extension;
