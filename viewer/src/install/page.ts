/** Where our files lie, on the page's own origin: a folder beside the start page. */
export const PLUGIN_FOLDER = 'cranioplasty-plugin';

/** The viewer cannot take the product in; the message says why and what to do. */
export class InstallError extends Error {
  override name = 'InstallError';
}

/** Address under which a build of the viewer is served: `/`, or a sub-path that begins and ends with a slash. */
export function publicUrlOf(page: string): string {
  const url = /\bPUBLIC_URL\s*=\s*(["'])(.*?)\1/.exec(page)?.[2] ?? '/';
  if (!url.startsWith('/') || url.startsWith('//')) {
    throw new InstallError(
      `The viewer is served under ${url} (PUBLIC_URL), but the product needs a path on the page's own origin, such as /ohif/.`,
    );
  }
  return url.endsWith('/') ? url : `${url}/`;
}

/** Makes our packages known to the viewer's run-time loader. Import maps are fixed by the first module that is loaded. */
export function pageTags(publicUrl: string): string {
  const root = `${publicUrl}${PLUGIN_FOLDER}`;
  const map = {
    imports: {
      '@cranioplasty/extension': `${root}/extension.js`,
      '@cranioplasty/mode': `${root}/mode.js`,
    },
  };
  return (
    `<script type="importmap">${JSON.stringify(map)}</script>` +
    `<script src="${root}/host.js"></script>`
  );
}

/**
 * Puts tags ahead of every other script of a start page.
 * @throws InstallError if it has no head, or an import map of its own
 */
export function withTags(page: string, tags: string): string {
  const head = /<head(?:\s[^>]*)?>/i.exec(page);
  if (!head) throw new InstallError('The start page of the viewer (index.html) has no <head>.');
  if (/<script[^>]+type=["']?importmap/i.test(page)) {
    throw new InstallError(
      'The start page of the viewer (index.html) has an import map of its own, beside which browsers ignore another.',
    );
  }
  const at = head.index + head[0].length;
  return page.slice(0, at) + tags + page.slice(at);
}
