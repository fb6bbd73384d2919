import { moduleNames } from './id.ts';
import { CranioplastyPanel, type PanelProps } from './panel/CranioplastyPanel.tsx';

/** The panel in OHIF's right-hand side bar. */
export function createPanelModule(props: PanelProps) {
  return [
    {
      name: moduleNames.panel,
      iconName: 'tab-segmentation',
      iconLabel: 'Cranioplasty',
      label: 'Cranioplasty',
      component: () => <CranioplastyPanel {...props} />,
    },
  ];
}
