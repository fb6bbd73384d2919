/**
 * The one place that knows the inside of the prebuilt viewer.
 *
 * An extension that brought a React or Cornerstone of its own would not share state with the viewer, and the
 * prebuilt application offers no public way to import the ones it uses. Its bundle names every module it
 * contains in `// EXTERNAL MODULE:` comments and every renamed export at its place of use, so the module
 * numbers and names are read from there, for exactly the build at hand. What cannot be found fails the build or
 * the installation: nothing is guessed at run time.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Global under which the generated script offers the viewer's modules. */
const HOST_GLOBAL = '__cranioplastyHost';

/** `names: 'kept'`: the bundle kept the export names. `'renamed'`: they are restored from the places of use. */
const HOST_MODULES = {
  react: { path: 'react/index.js', names: 'kept' },
  'react/jsx-runtime': { path: 'react/jsx-runtime.js', names: 'kept' },
  'react-dom': { path: 'react-dom/index.js', names: 'kept' },
  '@cornerstonejs/core': { path: '@cornerstonejs/core/dist/esm/index.js', names: 'kept' },
  '@cornerstonejs/tools': { path: '@cornerstonejs/tools/dist/esm/index.js', names: 'kept' },
  '@ohif/core': {
    path: 'core/src/index.ts',
    names: 'renamed',
    needed: ['DicomMetadataStore', 'utils', 'useSystem'],
  },
  '@ohif/ui-next': {
    path: 'ui-next/src/index.ts',
    names: 'renamed',
    needed: ['Button', 'PanelSection', 'Icons'],
  },
  '@ohif/i18n': { path: 'i18n/src/index.js', names: 'default' },
  '@kitware/vtk.js/Rendering/Core/Actor': {
    path: 'vtk.js/Rendering/Core/Actor.js',
    names: 'default',
  },
  '@kitware/vtk.js/Rendering/Core/Mapper': {
    path: 'vtk.js/Rendering/Core/Mapper.js',
    names: 'default',
  },
  '@kitware/vtk.js/Common/DataModel/PolyData': {
    path: 'vtk.js/Common/DataModel/PolyData.js',
    names: 'default',
  },
  '@kitware/vtk.js/Common/Core/DataArray': {
    path: 'vtk.js/Common/Core/DataArray.js',
    names: 'default',
  },
};

/** Stock modes that ours derives from, by what it takes of them: those of OHIF 3.12 do without. */
const HOST_MODES = { basic: 'modeInstance', segmentation: 'modeInstance' };

/** Webpack `externals` (type `var`) for everything that the viewer provides. */
export const hostExternals = Object.fromEntries(
  Object.keys(HOST_MODULES).map((name) => [name, `${HOST_GLOBAL}[${JSON.stringify(name)}]`]),
);

/** The viewer is not one that the product knows; the message lists all that was missed. */
export class UnknownViewerError extends Error {
  name = 'UnknownViewerError';
}

const BUNDLE = /\.bundle\.[0-9a-f]+\.js$/;

/**
 * Bundles that share the page's module registry, and the global list of chunks by which they join it; worker
 * bundles have registries of their own.
 */
function readPageBundles(dist) {
  const files = readdirSync(dist).filter((file) => BUNDLE.test(file));
  const read = (file) => readFileSync(join(dist, file), 'utf8');
  const app = files.find((file) => file.startsWith('app.'));
  const chunkList = app && /chunkLoadingGlobal = globalThis\["(\w+)"\]/.exec(read(app))?.[1];
  if (!chunkList) {
    throw new UnknownViewerError(
      `${dist} holds no app.bundle.*.js of a prebuilt OHIF: give the folder of its index.html.`,
    );
  }
  const bundles = files.map(read).filter((text) => text.includes(`globalThis["${chunkList}"]`));
  return { chunkList, bundles };
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function findModule(bundles, specifier, path) {
  const pattern = new RegExp(
    `// EXTERNAL MODULE: [./]*(?:node_modules/)?(?:@kitware/)?${escape(path)}(?: \\+ \\d+ modules)?\\n` +
      `var ([\\w$]+) = (?:/\\*#__PURE__\\*/)?__webpack_require__\\((\\d+)\\)`,
    'g',
  );
  const ids = new Set();
  for (const text of bundles) for (const match of text.matchAll(pattern)) ids.add(match[2]);
  if (ids.size !== 1) {
    throw new UnknownViewerError(
      `it does not contain "${specifier}" exactly once (module numbers found: ${[...ids].join(', ') || 'none'})`,
    );
  }
  return Number([...ids][0]);
}

/** Restores `original export name → renamed property` from uses such as `core_src/* .CommandsManager *\/.Sp`. */
function restoreNames(bundles, id) {
  const names = {};
  for (const text of bundles) {
    const factories = text.split(/^(?:\d+)?\([\w$, ]*\) \{$/m);
    for (const factory of factories) {
      for (const [, variable] of factory.matchAll(
        new RegExp(`^var ([\\w$]+) = __webpack_require__\\(${id}\\);$`, 'gm'),
      )) {
        const use = new RegExp(
          `(?<![\\w$.])${escape(variable)}/\\* (?:\\.?([\\w$]+)[\\w$.]*|\\["default"\\](?:\\.[\\w$.]+)?) \\*/\\.([\\w$]+)`,
          'g',
        );
        for (const [, name = 'default', renamed] of factory.matchAll(use)) names[name] = renamed;
      }
    }
  }
  return names;
}

/** Named imports that the viewer's bundle does not have: they would be undefined at run time. */
function missedImports(sources, specifier, names) {
  const statement = new RegExp(`import \\{([^}]*)\\} from ['"]${escape(specifier)}['"]`, 'g');
  const missed = new Set();
  for (const file of sources) {
    for (const [, list] of readFileSync(file, 'utf8').matchAll(statement)) {
      for (const part of list.split(',').map((item) => item.trim())) {
        const name = part.split(/\s+as\s+/)[0];
        if (name && !name.startsWith('type ') && !names[name]) missed.add(name);
      }
    }
  }
  return [...missed].map(
    (name) => `its "${specifier}" has no "${name}", which the product imports`,
  );
}

/** Where the viewer has a module, and under which names. */
function locate(bundles, sources, specifier, { path, names, needed = [] }) {
  const id = findModule(bundles, specifier, path);
  if (names === 'kept') return { id };
  const restored = restoreNames(bundles, id);
  const missed = (names === 'default' ? ['default'] : needed)
    .filter((name) => !restored[name])
    .map((name) => `its "${specifier}" has no export "${name}" that could be found`);
  const wrong = [...missed, ...missedImports(sources, specifier, restored)];
  if (wrong.length) throw new UnknownViewerError(wrong.join('; '));
  return { id, names: restored };
}

/**
 * Generates the script that is loaded ahead of the viewer. It joins the viewer's chunk list as an empty chunk,
 * which hands it the module registry, and looks modules up only when they are asked for, because most of them
 * arrive later.
 * @param {string} dist folder of the prebuilt viewer
 * @param {readonly string[]} sources files whose imports are checked against what the viewer has
 * @throws UnknownViewerError that lists everything the viewer does not have
 */
export function createHostScript(dist, sources) {
  const { chunkList, bundles } = readPageBundles(dist);
  const table = {};
  const wrong = [];
  for (const [specifier, module] of Object.entries(HOST_MODULES)) {
    try {
      table[specifier] = locate(bundles, sources, specifier, module);
    } catch (error) {
      if (!(error instanceof UnknownViewerError)) throw error;
      wrong.push(error.message);
    }
  }
  for (const [mode, part] of Object.entries(HOST_MODES)) {
    const start = new RegExp(`^;// (?:CONCATENATED MODULE: )?[./]*modes/${mode}/src/index\\.`, 'm');
    const [text] = bundles.flatMap((bundle) => bundle.split(start).slice(1));
    if (!text?.split(/^;\/\/ /m)[0].includes(part)) {
      wrong.push(`its ${mode} mode has no ${part}, from which the product's mode derives`);
    }
  }
  if (wrong.length) {
    throw new UnknownViewerError(
      `The viewer in ${dist} is not a build of OHIF that the product knows: ${wrong.join('; ')}.`,
    );
  }
  return `(() => {
  const table = ${JSON.stringify(table)};
  const host = {};
  let registry;
  const restore = (id, names) => {
    const target = registry(id);
    const module = { __esModule: true };
    for (const name of Object.keys(names)) {
      Object.defineProperty(module, name, { enumerable: true, get: () => target[names[name]] });
    }
    return module;
  };
  for (const specifier of Object.keys(table)) {
    let module;
    Object.defineProperty(host, specifier, {
      enumerable: true,
      get() {
        if (!registry) throw new Error('The viewer has not started yet: ' + specifier + ' is not available.');
        const { id, names } = table[specifier];
        return (module ??= names ? restore(id, names) : registry(id));
      },
    });
  }
  globalThis.${HOST_GLOBAL} = host;
  (globalThis[${JSON.stringify(chunkList)}] ??= []).push([['cranioplasty-host'], {}, (require) => { registry = require; }]);
})();
`;
}
