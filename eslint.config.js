import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What the engine must never reach for: it is pure so that it runs in a worker, in Node and anywhere else. */
const hostModules = [
  {
    group: [
      '@ohif/*',
      '@cornerstonejs/*',
      'react',
      'react-dom',
      'dcmjs',
      'onnxruntime-*',
      'vtk.js',
      '@kitware/*',
    ],
    message: 'The engine is pure: no viewer, DICOM or runtime imports.',
  },
  {
    group: ['node:*', 'fs', 'path', 'crypto', 'worker_threads', 'os'],
    message: 'The engine is pure: no Node imports.',
  },
];

/** The engine's rooms, the top one first: each uses only those below it. */
const engineRooms = [
  'judge',
  'implant',
  'fields',
  'crew',
  'shape',
  'cascade',
  'prior',
  'pose',
  'bone',
  'surface',
  'space',
  'words',
];

/** The rules for the imports of some of the engine's files; `outside` matches what lies beyond its folder. */
const engineImports = (files, outside, more = []) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...hostModules,
          { group: [outside], message: 'The engine depends on nothing outside its folder.' },
          ...more,
        ],
      },
    ],
  },
});

/** The rooms of the DICOM code in the same order. */
const dicomRooms = ['report', 'solid', 'segmentation', 'ct', 'frames', 'part10'];

const hostGlobals = [
  'window',
  'document',
  'navigator',
  'process',
  'Buffer',
  'self',
  'fetch',
  'Worker',
  'localStorage',
];

/** Methods that call a closure for each value. */
const perValue =
  '/^(reduce|reduceRight|every|some|map|flatMap|filter|forEach|find|findIndex|findLast|findLastIndex)$/';
const voxelLoops =
  'A closure for each voxel costs seconds on a CT: use or add a loop in extension/src/engine/space/voxels.ts.';

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.venv/**',
      'viewer/data/**',
      'test/artifacts/**',
      'models/training/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-undef': 'off',
      'no-console': 'error',
    },
  },
  { files: ['cli/**', 'viewer/**', 'scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['{extension,mode,viewer,cli}/src/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          "[callee.object.property.name='data']",
          '[callee.object.name=/^(data|voxels|pixels)$/]',
        ].map((of) => ({
          selector: `CallExpression[callee.property.name=${perValue}]${of}`,
          message: voxelLoops,
        })),
        {
          selector:
            "CallExpression[callee.object.name=/Array$/][callee.property.name='from'][arguments.0.property.name='data'][arguments.1]",
          message: voxelLoops,
        },
      ],
    },
  },
  {
    files: ['extension/src/engine/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...hostGlobals] },
  },
  // A folder that is not in the list above uses nothing but itself.
  engineImports(['extension/src/engine/**/*.ts'], '../*'),
  ...engineRooms.map((room, level) =>
    engineImports([`extension/src/engine/${room}/**/*.ts`], '../../*', [
      {
        group: ['../*.ts', ...engineRooms.slice(0, level).map((above) => `../${above}/*`)],
        message: `The engine's rooms use only rooms below them: ${engineRooms.join(', ')}.`,
      },
    ]),
  ),
  // The lowest room has a folder of its own, which uses the room and nothing else.
  engineImports(['extension/src/engine/space/*/*.ts'], '../../*'),
  ...dicomRooms.slice(1).map((room, level) => ({
    files: [`extension/src/dicom/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: dicomRooms.slice(0, level + 1).map((above) => `../${above}/*`),
              message: `The rooms use only rooms below them: ${dicomRooms.join(', ')}.`,
            },
          ],
        },
      ],
    },
  })),
);
