import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from '../../../viewer/src/options.ts';

describe('the command line of the viewer', () => {
  it('has defaults', () => {
    expect(parseOptions([], '/store')).toEqual({
      port: 3000,
      data: '/store',
      dicomweb: undefined,
      demo: true,
    });
  });

  it('takes a PACS with a path', () => {
    const options = parseOptions(
      ['--dicomweb', 'http://127.0.0.1:8042/dicom-web/', '--port', '0', '--no-demo'],
      '/store',
    );
    expect(options?.dicomweb?.href).toBe('http://127.0.0.1:8042/dicom-web');
    expect(options?.demo).toBe(false);
  });

  it.each([
    [['--port', 'x'], '--port'],
    [['--port', '70000'], '--port'],
    [['--dicomweb', 'pacs'], '--dicomweb'],
    [['--dicomweb', 'ftp://pacs/dicom-web'], '--dicomweb'],
    [['--dicomweb', 'http://pacs'], 'needs the path'],
    [['--dicomweb', 'http://pacs/models'], 'needs the path'],
    [['--unknown'], '--unknown'],
  ])('refuses %j and says why in one line', (args, reason) => {
    expect(() => parseOptions(args, '/store')).toThrow(UsageError);
    try {
      parseOptions(args, '/store');
    } catch (error) {
      expect((error as Error).message).toContain(reason);
    }
  });

  it('asks for help only', () => {
    expect(parseOptions(['--help'], '/store')).toBeUndefined();
  });
});
