import { describe, expect, test } from 'vitest'
import { readManifest, timeOfFolder } from '../../../../../src/main/systems/armada/manifest.ts'
import { readSidecar, sidecarBytes } from '../../../../../src/main/systems/armada/sidecar.ts'

const table = { name: 't', file_name: 't.bak', md5: 'd41d8cd98f00b204e9800998ecf8427e' }
const finished = '2026-11-20T03:00:01.123456789+01:00'

function reading(document: unknown) {
  return readManifest(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)))
}

function whyNot(document: unknown): string {
  const read = reading(document)
  return read.ok ? 'read' : `${read.finding.code}: ${read.finding.message}`
}

describe("armada's manifest", () => {
  test('is read: the time in UTC, the tables as they stand, the form of the files', () => {
    const older = reading({ started: finished, finished, tables: [{ ...table, type: 'REPLICATED' }] })
    expect(older).toMatchObject({
      ok: true,
      manifest: {
        createdAt: '2026-11-20T02:00:01.123Z',
        version: 1,
        tables: [{ name: 't', fileName: 't.bak', md5: table.md5, unsafe: null }],
      },
    })
    expect(reading({ format: 'armada-command-v2', finished, tables: null })).toMatchObject({
      ok: true,
      manifest: { version: 2, tables: [] },
    })
    expect(reading({ format: '', finished: '2026-11-20T02:00:01Z', tables: [] })).toMatchObject({
      manifest: { version: 1, createdAt: '2026-11-20T02:00:01Z' },
    })
  })

  test('may leave out a time, or have the zero of Go for it', () => {
    expect(reading({ tables: [] })).toMatchObject({ ok: true, manifest: { createdAt: null } })
    expect(reading({ finished: '0001-01-01T00:00:00Z', tables: [] })).toMatchObject({
      ok: true,
      manifest: { createdAt: null },
    })
  })

  test.each([
    ['no JSON', '{'],
    ['a list', []],
    ['no tables', { finished }],
    ['tables that are an object', { tables: {} }],
    ['a table that is a text', { tables: ['t'] }],
    ['a table without a name', { tables: [{ ...table, name: undefined }] }],
    ['a table with an empty name', { tables: [{ ...table, name: '' }] }],
    ['a table without a file', { tables: [{ ...table, file_name: undefined }] }],
    ['a file that is a number', { tables: [{ ...table, file_name: 7 }] }],
    ['an MD5 that is a number', { tables: [{ ...table, md5: 7 }] }],
    ['a table twice', { tables: [table, { ...table, file_name: 'u.bak' }] }],
    ['a file twice', { tables: [table, { ...table, name: 'u' }] }],
    ['a name twice in one object', '{"tables":null,"tables":[]}'],
    ['a time that is none', { finished: 'yesterday', tables: [] }],
    ['a time that is a number', { started: 5, tables: [] }],
    ['a field in another case', { Tables: [table], tables: [] }],
    ['a field of a table in another case', { tables: [{ ...table, mD5: 'x' }] }],
    ['the long s of a field', '{"tables":[],"table\u017f":[]}'],
  ])('with %s cannot be read', (_, document) => {
    expect(whyNot(document)).toMatch(/^manifest\.unreadable: The manifest/)
  })

  test('of another format is not known, and its time is kept', () => {
    expect(reading({ format: 'armada-command-v3', finished, tables: [table] })).toMatchObject({
      ok: false,
      createdAt: '2026-11-20T02:00:01.123Z',
      finding: { code: 'format.unknown', severity: 'warning' },
    })
    expect(whyNot({ format: 3, tables: [] })).toMatch(/^format\.unknown/)
  })

  test.each([
    [{ ...table, name: '../t' }, "the table's name"],
    [{ ...table, name: 'a\\b' }, "the table's name"],
    [{ ...table, name: 'x'.repeat(256) }, "the table's name"],
    [{ ...table, file_name: '../../etc/passwd' }, 'its file'],
    [{ ...table, file_name: '..' }, 'its file'],
    [{ ...table, file_name: 'a\0b' }, 'its file'],
    [{ ...table, file_name: 'manifest.json' }, 'its file is the manifest itself'],
  ])('marks a name that could lead elsewhere: %j', (entry, why) => {
    const read = reading({ tables: [entry] })
    expect(read.ok && read.manifest.tables[0]?.unsafe).toContain(why)
  })
})

describe('The folder of a scheduled backup', () => {
  test.each([
    ['26-11-20-02-00', '2026-11-20T02:00:00Z'],
    ['24-02-29-23-59', '2024-02-29T23:59:00Z'],
    ['26-02-30-02-00', null],
    ['26-11-20-24-00', null],
    ['26-13-01-00-00', null],
    ['2026-11-20-02-00', null],
    ['26-11-20-02-00x', null],
  ])('%s is of %s', (folder, at) => {
    expect(timeOfFolder(folder)).toBe(at)
  })
})

describe('The sidecar', () => {
  const facts = {
    serverVersion: null,
    statusErrors: ['b: no leader'],
    tables: new Map([
      ['b', { sha256: 'a'.repeat(64), sizeBytes: 5, keys: 0 }],
      ['__proto__', { sha256: 'b'.repeat(64), sizeBytes: 6, keys: 1 }],
    ]),
  }

  test('reads back as it was written', () => {
    expect(readSidecar(sidecarBytes(facts))).toEqual({ kind: 'facts', facts })
  })

  test('reads back that no server was asked of its tables', () => {
    const unasked = { ...facts, statusErrors: null }
    expect(readSidecar(sidecarBytes(unasked))).toEqual({ kind: 'facts', facts: unasked })
  })

  test.each([
    ['no object', '[]'],
    ['no format', '{}'],
  ])('with %s is wrong', (_, text) => {
    expect(readSidecar(Buffer.from(text)).kind).toBe('wrong')
  })

  const whole = { format: 'holdfast-armada/1', serverVersion: 'v1', statusErrors: [], tables: {} }

  test('is read where nothing was to be said', () => {
    expect(readSidecar(Buffer.from(JSON.stringify(whole))).kind).toBe('facts')
  })

  test.each([
    ['a version that is a number', { serverVersion: 3 }],
    ['errors that are a text', { statusErrors: 'x' }],
    ['errors that are no texts', { statusErrors: [1] }],
    ['errors that are nothing', { statusErrors: null }],
    // One changed letter of the name would hide that a table is missing.
    ['errors under another name', { statusErrors: undefined, statusErrora: ['b: no leader'] }],
    ['tables that are a list', { tables: [] }],
    ['tables under another name', { tables: undefined, tablet: {} }],
    ['a table without a hash', { tables: { a: { size: 1, keys: 1 } } }],
    ['a negative size', { tables: { a: { sha256: '0'.repeat(64), size: -1, keys: 1 } } }],
  ])('with %s is wrong', (_, changed) => {
    expect(readSidecar(Buffer.from(JSON.stringify({ ...whole, ...changed }))).kind).toBe('wrong')
  })

  test('of another format is not known', () => {
    expect(readSidecar(Buffer.from('{"format":"holdfast-armada/2"}'))).toEqual({
      kind: 'unknown',
      format: 'holdfast-armada/2',
    })
  })
})
