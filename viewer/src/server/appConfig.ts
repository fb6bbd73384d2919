/** Name of the only data source. */
const DATA_SOURCE = 'dicomweb';

function staticConfig(dicomwebPath: string, dicomwebName: string) {
  return {
    routerBasename: null,
    extensions: ['@cranioplasty/extension'],
    modes: ['@cranioplasty/mode'],
    showStudyList: true,
    maxNumberOfWebWorkers: 3,
    showWarningMessageForCrossOrigin: false,
    showCPUFallbackMessage: true,
    showLoadingIndicator: true,
    strictZSpacingForVolumeViewport: true,
    groupEnabledModesFirst: true,
    // The panel says "Research use only" all the time, which the stock dialog says once.
    investigationalUseDialog: { option: 'never' },
    maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 },
    defaultDataSourceName: DATA_SOURCE,
    dataSources: [
      {
        namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
        sourceName: DATA_SOURCE,
        configuration: {
          // The viewer's own error dialog names the data source by this.
          friendlyName: dicomwebName,
          name: DATA_SOURCE,
          wadoUriRoot: dicomwebPath,
          qidoRoot: dicomwebPath,
          wadoRoot: dicomwebPath,
          qidoSupportsIncludeField: false,
          supportsReject: false,
          imageRendering: 'wadors',
          thumbnailRendering: 'wadors',
          enableStudyLazyLoad: true,
          supportsFuzzyMatching: false,
          supportsWildcard: true,
          dicomUploadEnabled: true,
          omitQuotationForMultipartRequest: true,
          bulkDataURI: { enabled: true, relativeResolution: 'studies' },
        },
      },
    ],
  };
}

/**
 * The viewer's configuration script. It loads the stock extensions first, because ours takes React and
 * Cornerstone from them, and shows the server's message when the PACS does not answer.
 */
export function createAppConfig(dicomwebPath: string, dicomwebName: string): string {
  return `window.config = async ({ servicesManager, peerImport }) => {
  await Promise.all([
    peerImport('@ohif/extension-default'),
    peerImport('@ohif/extension-cornerstone'),
    peerImport('@ohif/extension-cornerstone-dicom-seg'),
  ]);
  return {
    ...${JSON.stringify(staticConfig(dicomwebPath, dicomwebName))},
    httpErrorHandler(error) {
      if (error.status !== 502) return;
      let message = 'The PACS did not answer: check that it is running, then reload the page.';
      try {
        const { response } = error;
        message = (typeof response === 'string' ? JSON.parse(response) : response)?.error ?? message;
      } catch {}
      servicesManager.services.uiNotificationService?.show({ title: 'PACS', message, type: 'error' });
    },
  };
};
`;
}
