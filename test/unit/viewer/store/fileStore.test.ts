import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MalformedDicomError } from '../../../../viewer/src/dicom/part10.ts';
import { DuplicateInstanceError, FileStore } from '../../../../viewer/src/store/fileStore.ts';
import { altered, demoSegmentation, demoSlices } from '../../../support/demo.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const silent = () => undefined;

describe('the file store', () => {
  it('has what was stored after a restart, byte for byte', async () => {
    const folder = await temporaryFolder();
    const store = await FileStore.open(folder, silent);
    for (const file of [...demoSlices(3), demoSegmentation()]) await store.put(file);

    const reopened = await FileStore.open(folder, silent);
    expect(reopened.size).toBe(4);
    expect(reopened.find().map((item) => item.instance)).toEqual(
      store.find().map((item) => item.instance),
    );
    const [segmentation] = reopened.find().filter((item) => item.sopClass.endsWith('.66.4'));
    expect(demoSegmentation().equals(await readFile(segmentation.path))).toBe(true);
  });

  it('takes the same object twice as one', async () => {
    const store = await FileStore.open(await temporaryFolder(), silent);
    const [file] = demoSlices(1);
    await Promise.all([store.put(file), store.put(file), store.put(Buffer.from(file))]);
    expect(store.size).toBe(1);
  });

  it('keeps the first of two objects with one UID and refuses the second', async () => {
    const store = await FileStore.open(await temporaryFolder(), silent);
    const [file] = demoSlices(1);
    const other = altered(file, 'CRANIUM-DEMO', 'CRANIUM-EVIL');
    const kept = await store.put(file);
    await expect(store.put(other)).rejects.toThrow(DuplicateInstanceError);
    expect(file.equals(await readFile(kept.path))).toBe(true);
  });

  it('refuses bytes that are no DICOM file and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    const store = await FileStore.open(folder, silent);
    await expect(store.put(Buffer.from('not DICOM'))).rejects.toThrow(MalformedDicomError);
    await expect(store.put(Buffer.alloc(4096))).rejects.toThrow(MalformedDicomError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a UID that would lead out of its folder', async () => {
    const store = await FileStore.open(await temporaryFolder(), silent);
    const [file] = demoSlices(1);
    const { study: uid } = await store.put(file);
    const evil = altered(file, uid, `../../${'1'.repeat(uid.length - 6)}`);
    await expect(store.put(evil)).rejects.toThrow('no valid Study Instance UID');
  });

  it('removes what an interrupted write left and passes over damaged files', async () => {
    const folder = await temporaryFolder();
    const store = await FileStore.open(folder, silent);
    const { path } = await store.put(demoSlices(1)[0]);
    await writeFile(join(dirname(path), 'half.dcm.1234.part'), 'half');
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other', 'damaged.dcm'), 'damaged');

    const messages: string[] = [];
    const reopened = await FileStore.open(folder, (message) => messages.push(message));
    expect(reopened.size).toBe(1);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('damaged.dcm is left out');
    expect(await readdir(dirname(path))).toHaveLength(1);
  });
});
