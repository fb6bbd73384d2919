import i18n from '@ohif/i18n';
import { Icons } from '@ohif/ui-next';
import { readConfiguration } from './configuration.ts';
import { CranioplastyService } from './services/CranioplastyService.ts';
import { listInstalledModels } from './services/installedModels.ts';
import { TabIcon, tabIconName } from './panel/TabIcon.tsx';
import type { ExtensionParams } from './types/ohif.ts';
import { isCtToHang } from './viewer/ctSelection.ts';
import { ctToHang } from './viewer/layout/hangingProtocol.ts';
import { LeaveGuard } from './viewer/LeaveGuard.ts';
import { OhifViewer } from './viewer/OhifViewer.ts';
import { catalogues } from './words/catalogues.ts';
import { speakThrough } from './words/say.ts';
import { createInferenceWorker } from './worker/createInferenceWorker.ts';
import { WorkerClient } from './worker/WorkerClient.ts';

export interface CranioplastyInstance {
  readonly viewer: OhifViewer;
  readonly service: CranioplastyService;
  readonly guard: LeaveGuard;
}

/** Under this name other extensions find the service. */
const serviceName = 'cranioplastyService';

/** Puts the parts together and registers the service with OHIF. */
export function init(params: ExtensionParams): CranioplastyInstance {
  speakThrough(i18n, catalogues);
  Icons.addIcon(tabIconName, TabIcon);
  const { servicesManager, extensionManager, commandsManager, configuration } = params;
  const { environment, model, models, providers, workerUrl } = readConfiguration(configuration);
  const viewer = new OhifViewer(servicesManager.services, extensionManager, commandsManager);
  const checked = new Set<string>();
  const service = new CranioplastyService({
    viewer,
    model,
    listModels: () => listInstalledModels(environment.modelsUrl, models),
    createClient: () =>
      new WorkerClient({
        createWorker: () => createInferenceWorker(workerUrl),
        environment,
        providers,
        checked,
      }),
  });
  const { services } = servicesManager;
  services.hangingProtocolService.addCustomAttribute(
    ctToHang,
    'CT to reconstruct the skull on',
    (displaySet) => isCtToHang(services, displaySet),
  );
  servicesManager.registerService({ name: serviceName, create: () => service });
  const guard = new LeaveGuard((leaving) => service.atStake(leaving));
  return { viewer, service, guard };
}
