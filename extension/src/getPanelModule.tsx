import { moduleNames } from './id.ts';
import { tabIconName } from './panel/TabIcon.tsx';
import { say } from './words/say.ts';
import { CranioplastyPanel, type PanelProps } from './panel/CranioplastyPanel.tsx';

/** The panel in OHIF's right-hand side bar. */
export function createPanelModule(props: PanelProps) {
  return [
    {
      name: moduleNames.panel,
      iconName: tabIconName,
      iconLabel: say('name'),
      label: say('name'),
      component: () => <CranioplastyPanel {...props} />,
    },
  ];
}
