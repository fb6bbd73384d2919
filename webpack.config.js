/**
 * Every bundle of the product:
 * - `viewer/dist`: the extension, the mode and the inference worker as ES modules for the prebuilt viewer;
 * - `extension/dist/umd`, `mode/dist/umd`: the same sources as UMD packages for an OHIF checkout.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import CopyPlugin from 'copy-webpack-plugin';
import webpack from 'webpack';
import { createHostScript, hostExternals } from './viewer/build/hostModules.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const ohifDist = join(dirname(require.resolve('@ohif/app/package.json')), 'dist');
const ortDist = dirname(require.resolve('onnxruntime-web'));
const manifoldWasm = join(dirname(require.resolve('manifold-3d')), 'manifold.wasm');

const viewerDist = join(root, 'viewer/dist');
const extension = join(root, 'extension/src/index.ts');
const mode = join(root, 'mode/src/index.ts');

const sourceFiles = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** Writes the script that hands the viewer's own React, Cornerstone and so on to the bundles. */
class HostScriptPlugin {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('HostScriptPlugin', (compilation) => {
      compilation.hooks.processAssets.tap('HostScriptPlugin', () => {
        const sources = [...sourceFiles('extension/src'), ...sourceFiles('mode/src')];
        const script = createHostScript(ohifDist, sources);
        compilation.emitAsset('host.js', new webpack.sources.RawSource(script));
      });
    });
  }
}

/** Says of a UMD bundle that it is no ES module, which it would be by the package around it. */
class CommonJsPlugin {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('CommonJsPlugin', (compilation) => {
      compilation.hooks.processAssets.tap('CommonJsPlugin', () => {
        const text = '{ "type": "commonjs" }\n';
        compilation.emitAsset('package.json', new webpack.sources.RawSource(text));
      });
    });
  }
}

/**
 * WebAssembly that is looked for beside the worker: ONNX Runtime, only the build with the WebGPU provider, and the
 * kernel for solids.
 */
const wasmFiles = new CopyPlugin({
  patterns: [
    {
      from: join(ortDist, 'ort-wasm-simd-threaded.asyncify.mjs').replaceAll('\\', '/'),
      // Some web servers, Debian's nginx among them, do not know what an .mjs is, and browsers run nothing else.
      to: '[name].js',
      info: { minimized: true },
    },
    {
      from: join(ortDist, 'ort-wasm-simd-threaded.asyncify.wasm').replaceAll('\\', '/'),
      to: '[name][ext]',
    },
    { from: manifoldWasm.replaceAll('\\', '/'), to: '[name][ext]' },
  ],
});

const common = {
  mode: 'production',
  devtool: 'source-map',
  context: root,
  resolve: {
    extensions: ['.ts', '.tsx', '.mjs', '.js'],
    // The condition keeps ONNX Runtime from inlining a second copy of its WebAssembly file name.
    conditionNames: ['onnxruntime-web-use-extern-wasm', 'import', 'module', 'default'],
    fallback: Object.fromEntries(
      // What dcmjs, pako and the kernel for solids ask for in Node only.
      ['fs', 'path', 'crypto', 'zlib', 'stream', 'buffer', 'module', 'url'].map((name) => [
        name,
        false,
      ]),
    ),
  },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        loader: 'esbuild-loader',
        options: { target: 'es2022', jsx: 'automatic' },
      },
      { test: /onnxruntime-web.*\.m?js$/, parser: { url: false, worker: false } },
      // What it imports in Node only stays out of files of its own.
      { test: /manifold-3d.*\.js$/, parser: { url: false, dynamicImportMode: 'eager' } },
    ],
  },
  performance: { hints: false },
  stats: 'errors-warnings',
  optimization: { splitChunks: false },
};

const viewerBundles = {
  ...common,
  name: 'viewer',
  entry: {
    extension: { import: extension },
    mode: { import: mode },
  },
  experiments: { outputModule: true },
  externalsType: 'var',
  externals: hostExternals,
  output: {
    path: viewerDist,
    filename: '[name].js',
    chunkFilename: '[name].js',
    library: { type: 'module' },
    module: true,
    publicPath: 'auto',
    workerChunkLoading: 'import',
    chunkFormat: 'module',
    // The age of the files says whether a build is needed.
    compareBeforeEmit: false,
    clean: true,
  },
  plugins: [new HostScriptPlugin(), wasmFiles],
};

const umdBundle = (name, entry, plugins) => ({
  ...common,
  name: `${name}-umd`,
  entry: { index: entry },
  externals: [/^@ohif\//, /^@cornerstonejs\//, /^@kitware\//, /^react(-dom)?(\/.*)?$/],
  output: {
    path: join(root, name, 'dist/umd'),
    filename: '[name].js',
    chunkFilename: '[name].js',
    library: { name: `cranioplasty-${name}`, type: 'umd' },
    globalObject: 'globalThis',
    publicPath: 'auto',
    clean: true,
  },
  plugins: [new CommonJsPlugin(), ...plugins],
});

export default [
  viewerBundles,
  umdBundle('extension', extension, [wasmFiles]),
  umdBundle('mode', mode, []),
];
