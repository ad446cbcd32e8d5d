import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Folder } from '../../../../../src/main/adapters/local-target/folder.ts'
import { StagingWriter } from '../../../../../src/main/adapters/local-target/staging-writer.ts'

let dir: string

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'hf-staging-')))
  await mkdir(join(dir, 'run'))
})

afterEach(async () => rm(dir, { recursive: true }))

test('files that are filled side by side are whole once the writer has settled, large ones between them too', async () => {
  const writer = new StagingWriter('run', await opened())
  const sizes = Array.from({ length: 60 }, (_, index) => (index % 20 === 7 ? 600_000 : index * 50))
  for (const [index, sizeBytes] of sizes.entries()) {
    await writer.writeFile('kms', `f${index}`, bytesOf(sizeBytes, index), { owner: null, sizeBytes })
  }
  await writer.settle()
  for (const [index, sizeBytes] of sizes.entries()) {
    const path = join(dir, 'run', 'kms', `f${index}`)
    expect(await readFile(path)).toEqual(Buffer.alloc(sizeBytes, index))
    expect((await stat(path)).mode & 0o777).toBe(0o640)
  }
  expect(await readdir(join(dir, 'run', 'kms'))).toHaveLength(sizes.length)
  await writer.close()
})

test('a file that could not be filled fails the next call, and every one after it', async () => {
  const writer = new StagingWriter('run', full(await opened()))
  const options = { owner: null, sizeBytes: 3 }
  await writer.writeFile('a', '', bytesOf(3, 1), options)
  const isFull = { code: 'target.full', text: { what: `${join(dir, 'run', 'a')} could not be written.` } }
  await expect(writer.settle()).rejects.toMatchObject(isFull)
  await expect(writer.makeFolder('b', '', null)).rejects.toMatchObject(isFull)
  await expect(writer.writeFile('c', '', bytesOf(3, 1), options)).rejects.toMatchObject(isFull)
  await writer.close()
  expect(await readdir(join(dir, 'run'))).toEqual(['a'])
})

test.each([2, 4])('a file of 3 bytes whose source has %i is no file', async (sizeBytes) => {
  const writer = new StagingWriter('run', await opened())
  await expect(
    writer.writeFile('a', '', bytesOf(sizeBytes, 1), { owner: null, sizeBytes: 3 }),
  ).rejects.toMatchObject({ code: 'restore.failed' })
  await writer.close()
})

async function opened(): Promise<Folder> {
  let here = await Folder.root(true)
  for (const part of join(dir, 'run')
    .split('/')
    .filter((each) => each !== '')) {
    const next = await here.folder(part)
    await here.close()
    here = next
  }
  return here
}

/** The same folder on a disk that takes files and no bytes. */
function full(folder: Folder): Folder {
  return spoiled(folder, 'file', async (...given: Parameters<Folder['file']>) =>
    spoiled(await folder.file(...given), 'write', async () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }),
  )
}

function spoiled<T extends object>(thing: T, name: keyof T, instead: unknown): T {
  return new Proxy(thing, {
    get(inner, property) {
      if (property === name) return instead
      const value: unknown = Reflect.get(inner, property, inner)
      return typeof value === 'function' ? value.bind(inner) : value
    },
  })
}

async function* bytesOf(sizeBytes: number, value: number): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(Math.floor(sizeBytes / 2), value)
  yield Buffer.alloc(Math.ceil(sizeBytes / 2), value)
}
