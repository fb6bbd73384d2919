import { createCommandsModule } from './commandsModule.ts';
import { createPanelModule } from './getPanelModule.tsx';
import { getSopClassHandlerModule } from './getSopClassHandlerModule.ts';
import { id } from './id.ts';
import { type CranioplastyInstance, init } from './init.ts';
import { offerTour, type TourServices } from './tour.ts';
import type { ExtensionParams } from './types/ohif.ts';
import { hideCtVolumeIn3d } from './viewer/layout/ctVolumeIn3d.ts';
import { getHangingProtocolModule } from './viewer/layout/hangingProtocol.ts';
import {
  keepOutStockStatistics,
  type StatisticsServices,
} from './viewer/layout/noStockStatistics.ts';
import { keepOutStockSurfaces } from './viewer/layout/noStockSurfaces.ts';
import { showSegmentations, type ShowServices } from './viewer/layout/showSegmentations.ts';

let instance: CranioplastyInstance | undefined;
/** What has to be undone when the mode is left. */
let leaving: (() => void)[] = [];

function leave(): void {
  for (const undo of leaving.splice(0)) undo();
}

/** OHIF calls the hook before it asks for any module. */
function registered(): CranioplastyInstance {
  if (!instance) throw new Error(`${id} was used before OHIF registered it.`);
  return instance;
}

const extension = {
  id,
  preRegistration(params: ExtensionParams) {
    instance = init(params);
  },
  onModeEnter({
    servicesManager,
    extensionManager,
  }: {
    servicesManager: { services: ShowServices & TourServices & StatisticsServices };
    extensionManager?: { readonly dataSourceDefs?: Readonly<Record<string, unknown>> };
  }) {
    leave();
    offerTour(servicesManager.services, Object.keys(extensionManager?.dataSourceDefs ?? {}));
    keepOutStockStatistics(servicesManager.services);
    const { service, viewer, guard } = registered();
    viewer.enter();
    guard.enter();
    service.enterMode();
    leaving = [
      hideCtVolumeIn3d(),
      keepOutStockSurfaces(),
      showSegmentations(servicesManager.services, (series) => service.isShownAsResult(series)),
      () => guard.leave(),
      () => service.leaveMode(),
      () => viewer.leave(),
    ];
  },
  onModeExit() {
    leave();
  },
  getPanelModule({ commandsManager }: ExtensionParams) {
    return createPanelModule({ ...registered(), commandsManager });
  },
  getCommandsModule() {
    return createCommandsModule(registered().service);
  },
  getHangingProtocolModule,
  getSopClassHandlerModule,
};

export default extension;
