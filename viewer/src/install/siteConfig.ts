import { PLUGIN_FOLDER } from './page.ts';

/**
 * Script that adds the product to whatever configuration the site has, when it is set: an object, or a function
 * that makes one. The site's own file stays as it is, and may itself list the product with options.
 *
 * Our bundles take React and Cornerstone from the stock extensions, so those are loaded first. The viewer gives
 * options only to an extension that is handed over itself, not by its name.
 */
export function createSiteConfigScript(publicUrl: string): string {
  const modelsUrl = `${publicUrl}${PLUGIN_FOLDER}/models/`;
  return `(() => {
  const extension = '@cranioplasty/extension';
  const mode = '@cranioplasty/mode';
  const defaults = ${JSON.stringify({ modelsUrl })};
  const nameOf = (item) => (Array.isArray(item) ? item[0] : item);
  const withExtension = (list = [], loaded) => {
    const own = list.find((item) => nameOf(item) === extension);
    const options = { ...defaults, ...(Array.isArray(own) ? own[1] : {}) };
    return [...list.filter((item) => item !== own), [loaded, options]];
  };
  const withMode = (list = []) => (list.some((item) => nameOf(item) === mode) ? list : [...list, mode]);
  const wrap = (config) => {
    if (config === null || (typeof config !== 'object' && typeof config !== 'function')) return config;
    const wrapped = async (tools) => {
      await Promise.all([
        tools.peerImport('@ohif/extension-default'),
        tools.peerImport('@ohif/extension-cornerstone'),
        tools.peerImport('@ohif/extension-cornerstone-dicom-seg'),
      ]);
      const loaded = await tools.peerImport(extension);
      const made = typeof config === 'function' ? await config(tools) : config;
      const all = { ...made, ...wrapped };
      return { ...all, extensions: withExtension(all.extensions, loaded), modes: withMode(all.modes) };
    };
    // The viewer and other scripts read and change the site's settings before they are asked for.
    for (const key of Object.keys(config)) {
      const property = { value: config[key], writable: true, enumerable: true, configurable: true };
      Object.defineProperty(wrapped, key, property);
    }
    return wrapped;
  };
  let current = wrap(globalThis.config);
  Object.defineProperty(globalThis, 'config', {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (config) => {
      current = wrap(config);
    },
  });
})();
`;
}
