import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Folder of the prebuilt viewer that is installed. */
export const installedViewer = join(
  dirname(createRequire(import.meta.url).resolve('@ohif/app/package.json')),
  'dist',
);

/** A data source of a site's `app-config.js`: the PACS beside it, under a name of the site's own. */
export const wardSource = `{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
    sourceName: 'ward',
    configuration: {
      friendlyName: 'PACS of the ward', name: 'ward',
      wadoUriRoot: '/dicomweb', qidoRoot: '/dicomweb', wadoRoot: '/dicomweb',
      qidoSupportsIncludeField: false, imageRendering: 'wadors', thumbnailRendering: 'wadors',
      supportsWildcard: true, omitQuotationForMultipartRequest: true,
    },
  }`;

/**
 * A copy of a prebuilt viewer as a site has it: with a configuration of its own, served under a path. The build is
 * moved to that path as OHIF's own build does with PUBLIC_URL.
 * @param site an empty folder for it
 */
export async function copyViewer(
  dist: string,
  site: string,
  path: string,
  config: string,
): Promise<void> {
  for (const name of await readdir(dist)) {
    const text = (): Promise<string> => readFile(join(dist, name), 'utf8');
    if (name === 'index.html') {
      const page = (await text())
        .replaceAll(/(href|src)="\//g, `$1="${path}`)
        .replaceAll(/(PUBLIC_URL ?= ?)(["'])\/\2/g, `$1$2${path}$2`);
      await writeFile(join(site, name), page);
    } else if (/\.bundle\.\w+\.js$/.test(name)) {
      // Workers have a path of their own.
      const bundle = await text();
      const moved = bundle.replace(
        '__webpack_require__.p = "/"',
        `__webpack_require__.p = "${path}"`,
      );
      if (moved === bundle) await symlink(join(dist, name), join(site, name));
      else await writeFile(join(site, name), moved);
    } else if (name === 'app-config.js') await writeFile(join(site, name), config);
    else await symlink(join(dist, name), join(site, name));
  }
}
