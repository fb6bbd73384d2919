import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What the engine must never reach for: it is pure so that it runs in a worker, in Node and anywhere else. */
const hostModules = {
  patterns: [
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
    {
      group: ['../dicom/*', '../worker/*', '../panel/*', '../../*'],
      message: 'The engine depends on nothing outside its folder.',
    },
  ],
};
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
    files: ['extension/src/engine/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', hostModules],
      'no-restricted-globals': ['error', ...hostGlobals],
    },
  },
);
