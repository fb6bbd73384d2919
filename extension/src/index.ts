import { createElement } from 'react';
import { hideCtVolumeIn3d } from './ctVolumeIn3d.ts';
import { getHangingProtocolModule } from './hangingProtocol.ts';
import { id, moduleNames } from './id.ts';
import { showSegmentations, type ShowServices } from './showSegmentations.ts';

/** What the panel shows until the real one takes its place. */
function StubPanel() {
  return createElement(
    'div',
    { className: 'p-2 text-sm text-foreground', 'data-cy': 'cranioplasty-panel' },
    createElement('h2', { className: 'text-base' }, 'Cranioplasty'),
    createElement('p', null, 'Research use only, not a medical device.'),
  );
}

/** What has to be undone when the mode is left. */
let leaving: (() => void)[] = [];

function leave() {
  for (const undo of leaving.splice(0)) undo();
}

const extension = {
  id,
  onModeEnter({ servicesManager }: { servicesManager: { services: ShowServices } }) {
    leave();
    leaving = [hideCtVolumeIn3d(), showSegmentations(servicesManager.services)];
  },
  onModeExit() {
    leave();
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
