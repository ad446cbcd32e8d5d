import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { reaches, type VerifiableLevel } from '../../../../../src/shared/domain/level.ts'
import type { EnvelopeFacts, ObjectFacts, SealedBody } from '../../../../../src/shared/domain/object-facts.ts'
import { verdictOf } from '../../../../../src/shared/domain/verdict.ts'
import { HeldMasterKey } from '../../../../../src/main/engine/master-key.ts'
import type {
  BackupReport,
  Evidence,
  InventoryBackup,
  ObjectEvidence,
} from '../../../../../src/main/ports/backup-system.ts'
import type { RememberedHash } from '../../../../../src/main/ports/catalog.ts'
import { chango } from '../../../../../src/main/systems/chango/chango.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { makeChangoArchive, type ChangoArchive, type ChangoLab } from '../../../../lab/chango.ts'

const older: ChangoLab = { dialect: 1, seed: 'judge', when: '2026-05-30T02:00:00Z', prefix: 'prod/' }
const newer: ChangoLab = {
  ...older,
  dialect: 2,
  when: '2026-08-08T02:48:59Z',
  masterKey: 'the right master key',
}
const readAt = '2026-11-20T08:00:00.000Z'

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts)
}

async function factsOf(archive: ChangoArchive, change: Partial<ObjectFacts> = {}): Promise<ObjectFacts> {
  const bytes = await bytesOf(archive.pieces())
  return {
    version: { sizeBytes: bytes.byteLength, etag: null, modifiedAt: null, versionId: null },
    readAt,
    sizeBytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    beginning: 'gzip',
    envelope: null,
    content: await chango.walker?.walk(archive.pieces(), chango.walker.options),
    walk: null,
    ...change,
  }
}

function read(facts: ObjectFacts, before: RememberedHash | null = null, remembered = false): ObjectEvidence {
  return { kind: 'read', facts, before, remembered }
}

function evidence(seen: ObjectEvidence, change: Partial<Evidence> = {}): Evidence {
  return {
    level: 'wellFormed',
    levelAskedFor: false,
    masterKeys: [],
    pin: null,
    object: () => seen,
    beginning: () => null,
    hasOpenedSibling: () => false,
    ...change,
  }
}

async function listed(key: string, sidecar: string | null = null): Promise<InventoryBackup> {
  const store = memoryStore()
  await store.put(key, new Uint8Array(1))
  if (sidecar !== null) await store.put(`${key}.sha256`, new TextEncoder().encode(sidecar))
  const [backup] = (
    await chango.readInventory(store, { remembered: () => null, facts: () => null, saw: () => {} })
  ).backups
  if (backup === undefined) throw new Error('The inventory is empty.')
  return backup
}

function codes(report: BackupReport): string[] {
  return [
    ...report.findings.map(({ code }) => code),
    ...report.stores.flatMap(({ store, findings }) => findings.map(({ code }) => `${code} ${store}`)),
  ]
}

function verdict(report: BackupReport): string {
  const findings = [...report.findings, ...report.stores.flatMap((store) => store.findings)]
  return verdictOf(
    findings,
    report.stores.every(({ stoppedShort }) => !stoppedShort),
  )
}

describe('a sound archive', () => {
  test.each([older, newer, { ...older, patches: 1, withFiles: true }])('is good: %o', async (lab) => {
    const archive = await makeChangoArchive(lab)
    const report = (await listed(archive.key)).judge(evidence(read(await factsOf(archive))))
    expect(codes(report)).toEqual([])
    expect(verdict(report)).toBe('good')
    const stores = ['kms', 'iam', 'metadata', ...(lab.patches === undefined ? [] : ['patches'])]
    expect(report.stores.map(({ store }) => store)).toEqual(stores)
    expect(report.stores[0]).toMatchObject({
      holder: archive.backupId,
      object: archive.key,
      levelReached: 'wellFormed',
      verifiedAt: readAt,
    })
    const stepped = report.stores[0]?.notProvable.map(({ level }) => level)
    expect(stepped).toEqual(
      lab.withFiles === true ? ['intact', 'decrypts'] : ['intact', 'decrypts', 'matches'],
    )
  })

  test('has the time of its manifest once it was read', async () => {
    const archive = await makeChangoArchive(newer)
    const backup = await listed(archive.key)
    expect(backup.createdAt).toBe('2026-08-08T02:48:59.000Z')
    expect(backup.judge(evidence(read(await factsOf(archive)))).createdAt).toBe('2026-08-08T02:48:59.123Z')
    expect(backup.judge(evidence({ kind: 'notRead' }, { level: 'present' })).createdAt).toBeNull()
  })

  test.each(['present', 'intact', 'decrypts', 'matches'] as const)(
    'judged to %s is unknown',
    async (level) => {
      const archive = await makeChangoArchive({ ...older, withFiles: true })
      const seen: ObjectEvidence = level === 'present' ? { kind: 'notRead' } : read(await factsOf(archive))
      const report = (await listed(archive.key)).judge(evidence(seen, { level, levelAskedFor: true }))
      expect(verdict(report)).toBe('unknown')
      const [store] = report.stores
      expect(store?.stoppedShort).toBe(true)
      expect(reaches(level, store?.levelReached ?? 'restored')).toBe(true)
    },
  )
})

describe('the hash of the stored bytes', () => {
  const before = (facts: ObjectFacts, change: Partial<RememberedHash> = {}): RememberedHash => ({
    sha256: facts.sha256,
    at: '2026-11-01T00:00:00.000Z',
    source: 'seen',
    ...change,
  })
  const other = 'ab'.repeat(32)

  test('that the cluster reported, that a sidecar has or that was seen before proves them, and the report says which', async () => {
    const archive = await makeChangoArchive(older)
    const facts = await factsOf(archive)
    const plain = await listed(archive.key)
    const beside = await listed(archive.key, await archive.sidecar())
    const by = (backup: InventoryBackup, seen: ObjectEvidence) => {
      const [store] = backup.judge(evidence(seen, { level: 'intact' })).stores
      return store?.levelReached === 'intact' ? store.intactBy : store?.notProvable[0]?.reason
    }
    expect(by(beside, read(facts, before(facts, { source: 'run' })))).toMatch(
      /cluster reported on 2026-11-01/,
    )
    expect(by(beside, read(facts, before(facts)))).toMatch(/sidecar/)
    expect(by(plain, read(facts, before(facts)))).toMatch(/read first, on 2026-11-01/)
    expect(by(plain, read(facts))).toMatch(/first reading/)
    // The hash that this very reading left in the catalog is no second opinion.
    expect(by(plain, read(facts, before(facts, { at: readAt }), true))).toMatch(/read once, on 2026-11-20/)
    expect(by(plain, read(facts, before(facts), true))).toMatch(/read first/)
  })

  test.each(['run', 'seen'] as const)(
    'that was remembered (%s) and differs: it was changed since',
    async (source) => {
      const archive = await makeChangoArchive(older)
      const facts = await factsOf(archive)
      // Archive and sidecar rewritten together: what is remembered wins.
      const backup = await listed(archive.key, await archive.sidecar())
      const report = backup.judge(evidence(read(facts, before(facts, { sha256: other, source }))))
      expect(codes(report)).toEqual(['object.changed'])
      expect(report.findings[0]?.message).toContain('2026-11-01T00:00:00.000Z')
      expect(report.stores.map(({ levelReached }) => levelReached)).toEqual(['present', 'present', 'present'])
      expect(verdict(report)).toBe('bad')
    },
  )

  test('that a sidecar has and differs', async () => {
    const archive = await makeChangoArchive(older)
    const facts = await factsOf(archive)
    const name = archive.key.slice('prod/'.length)
    const backup = await listed(archive.key, `${other}  ${name}\n`)
    const blamed = backup.judge(evidence(read(facts)))
    expect([codes(blamed), verdict(blamed)]).toEqual([['object.hashMismatch'], 'bad'])
    expect(blamed.stores.map(({ failedAt }) => failedAt)).toEqual(Array(3).fill('intact'))
    const report = backup.judge(evidence(read(facts, before(facts, { source: 'run' }))))
    expect(report.stores.map(({ failedAt }) => failedAt)).toEqual([null, null, null])
    expect(codes(report)).toEqual(['object.hashMismatch'])
    expect(report.findings[0]?.message).toContain('it is the sidecar that is wrong')
  })

  test('a sidecar that is no line of this object is unreadable', async () => {
    const archive = await makeChangoArchive(older)
    for (const text of ['', `${other}  elsewhere.tar.gz\n`, 'x'.repeat(5000)]) {
      const report = (await listed(archive.key, text)).judge(evidence(read(await factsOf(archive))))
      expect(codes(report)).toEqual(['manifest.unreadable'])
    }
  })
})

describe('an object that could not be read as listed', () => {
  const rows: readonly (readonly [ObjectEvidence, string, string, string])[] = [
    [{ kind: 'vanished' }, 'chain.objectMissing', 'bad', 'listed'],
    [{ kind: 'replaced', reason: '' }, 'object.changed', 'bad', 'present'],
    [{ kind: 'unreachable', reason: '' }, 'object.unreachable', 'unknown', 'present'],
  ]
  test.each(rows)('%o', async (seen, code, expected, level) => {
    const { key } = await makeChangoArchive(older)
    const report = (await listed(key)).judge(evidence(seen))
    expect([codes(report), verdict(report), report.stores[0]?.levelReached]).toEqual([
      [code],
      expected,
      level,
    ])
  })

  test.each([
    ['empty', 'archive.truncated'],
    ['other', 'envelope.unknown'],
  ] as const)('one that begins as %s', async (beginning, code) => {
    const archive = await makeChangoArchive(older)
    const facts = await factsOf(archive, { beginning, content: null })
    const report = (await listed(archive.key)).judge(evidence(read(facts)))
    expect([codes(report), verdict(report)]).toEqual([[code], 'bad'])
  })
})

describe('what the manifest says beyond the archive', () => {
  test('another id than the object’s name, in the newer dialect only', async () => {
    const archive = await makeChangoArchive(newer)
    const facts = await factsOf(archive)
    const renamed = await listed('prod/20260808T024859-00000000.tar.gz')
    const report = renamed.judge(evidence(read(facts)))
    expect(codes(report)).toEqual(['manifest.idMismatch'])
    expect(report.stores[0]?.levelReached).toBe('present')
    const olderFacts = await factsOf(await makeChangoArchive(older))
    expect(codes((await listed('chango-x.tar.gz')).judge(evidence(read(olderFacts))))).toEqual([])
  })

  test('a key’s fingerprint: one of the given keys has to fit, without a key nothing is said', async () => {
    const archive = await makeChangoArchive(newer)
    const facts = await factsOf(archive)
    const backup = await listed(archive.key)
    const right = new HeldMasterKey(new TextEncoder().encode('the right master key'), 'a')
    const wrong = new HeldMasterKey(new TextEncoder().encode('another'), 'b')
    const judged = (...masterKeys: HeldMasterKey[]) => backup.judge(evidence(read(facts), { masterKeys }))
    expect(codes(judged())).toEqual([])
    expect(codes(judged(wrong, right))).toEqual([])
    expect(codes(judged(wrong))).toEqual(['key.mismatch'])
    expect(judged(wrong).stores[0]?.levelReached).toBe('wellFormed')
    expect(verdict(judged(wrong))).toBe('bad')
    const unmarked = await makeChangoArchive(older)
    const seen = read(await factsOf(unmarked))
    const report = (await listed(unmarked.key)).judge(evidence(seen, { masterKeys: [wrong] }))
    expect([codes(report), verdict(report)]).toEqual([[], 'good'])
  })

  test('a flaw of one part stands with that part and leaves the others be', async () => {
    const archive = await makeChangoArchive({ ...older, withFiles: true })
    const facts = await factsOf(archive)
    const flawed = JSON.parse(JSON.stringify(facts.content))
    flawed.findings = [
      { code: 'plain.hashMismatch', part: 'iam', message: 'x' },
      { code: 'archive.missingPart', part: 'kms', message: 'x' },
    ]
    const report = (await listed(archive.key)).judge(evidence(read({ ...facts, content: flawed })))
    expect(codes(report)).toEqual(['archive.missingPart kms', 'plain.hashMismatch iam'])
    expect(report.stores.map(({ levelReached }) => levelReached)).toEqual([
      'matches',
      'present',
      'wellFormed',
    ])
  })

  test('a flaw of the archive as a whole leaves no part well-formed', async () => {
    const archive = await makeChangoArchive({ ...older, withFiles: true })
    const facts = await factsOf(archive)
    const content = JSON.parse(JSON.stringify(facts.content))
    const reportOf = async (change: object) =>
      (await listed(archive.key)).judge(evidence(read({ ...facts, content: { ...content, ...change } })))
    const malformed = await reportOf({
      findings: [{ code: 'archive.malformed', part: null, message: 'x' }],
    })
    expect([codes(malformed), verdict(malformed)]).toEqual([['archive.malformed'], 'bad'])
    expect(malformed.stores.map(({ failedAt }) => failedAt)).toEqual(Array(3).fill('wellFormed'))
    const endedEarly = await reportOf({ complete: false })
    expect(endedEarly.stores.map(({ failedAt }) => failedAt)).toEqual(Array(3).fill('matches'))
    const unlisted = await reportOf({ complete: false, manifest: { ...content.manifest, listsFiles: false } })
    expect(unlisted.stores.map(({ failedAt }) => failedAt)).toEqual(Array(3).fill('wellFormed'))
  })

  test('patches are a part where the archive has them, its manifest promises them, or a finding blames them', async () => {
    const archive = await makeChangoArchive(older)
    const facts = await factsOf(archive)
    const content = JSON.parse(JSON.stringify(facts.content))
    const partsOf = async (change: object) => {
      const seen = read({ ...facts, content: { ...content, ...change } })
      return (await listed(archive.key)).judge(evidence(seen)).stores.map(({ store }) => store)
    }
    const withPatches = ['kms', 'iam', 'metadata', 'patches']
    const patches = { part: 'patches', files: 1, sizeBytes: 1, digest: 'd', tables: null }
    expect(await partsOf({})).toEqual(['kms', 'iam', 'metadata'])
    expect(await partsOf({ parts: [...content.parts, patches] })).toEqual(withPatches)
    expect(await partsOf({ manifest: { ...content.manifest, patchesIncluded: true } })).toEqual(withPatches)
    const missing = { code: 'archive.missingPart', part: 'patches', message: 'x' }
    expect(await partsOf({ findings: [missing] })).toEqual(withPatches)
  })

  test('facts that cannot be understood count as not read', async () => {
    const archive = await makeChangoArchive(older)
    for (const content of [null, 7, {}, { format: 'chango-walk/1' }]) {
      const report = (await listed(archive.key)).judge(evidence(read(await factsOf(archive, { content }))))
      expect([codes(report), verdict(report)]).toEqual([[], 'unknown'])
    }
  })
})

describe('an archive that is sealed', () => {
  async function judged(
    outcome: 'noKey' | 'noKeyFits' | 'notDerived' | 'opened',
    change: { backupId?: string; level?: VerifiableLevel; changed?: boolean; body?: SealedBody } = {},
  ): Promise<BackupReport> {
    const archive = await makeChangoArchive(older)
    const header = {
      segmentBytes: 65536,
      keyId: 'backup',
      keyVersion: 1,
      kdf: { iterations: 1000, salt: '' },
      wrap: { iv: '', ct: '' },
      noncePrefix: '',
      store: 'archive',
      backupId: change.backupId ?? archive.backupId,
      plainSizeBytes: 1,
    }
    const { body = { outcome: 'authentic', plainSha256: '', plainSizeBytes: 1 } } = change
    const opening =
      outcome === 'opened'
        ? ({ outcome, keyFingerprint: '', body } as const)
        : ({ outcome, reason: 'x' } as const)
    const envelope: EnvelopeFacts = { outcome: 'sealed', header, opening }
    const facts = await factsOf(archive, { beginning: 'envelope', envelope })
    const content = outcome === 'opened' ? facts.content : null
    const before: RememberedHash | null =
      change.changed === true ? { sha256: 'ab'.repeat(32), at: 'then', source: 'seen' } : null
    const seen = read({ ...facts, content }, before)
    const level = change.level ?? 'wellFormed'
    return (await listed(archive.key)).judge(
      evidence(seen, { level, levelAskedFor: change.level !== undefined }),
    )
  }

  test('and opened is judged like any other', async () => {
    const report = await judged('opened')
    expect([codes(report), verdict(report)]).toEqual([[], 'good'])
    expect(report.stores[0]?.notProvable.map(({ level }) => level)).toEqual(['intact', 'matches'])
    expect(report.stores[0]?.notProvable[1]?.reason).toMatch(
      /no hashes of the files; 1\stable that the store's own MANIFEST names is there with the size/,
    )
  })

  test('and opened, but not authentic to its end, does not decrypt', async () => {
    const report = await judged('opened', { body: { outcome: 'tampered', segment: 0, atByte: 9 } })
    expect([codes(report), verdict(report)]).toEqual([['envelope.tampered'], 'bad'])
    expect(report.stores.map(({ failedAt }) => failedAt)).toEqual(Array(3).fill('decrypts'))
  })

  test('and not opened for want of a key is unknown', async () => {
    const left = await judged('noKey')
    expect(left.stores.map(({ failedAt }) => failedAt)).toEqual([null, null, null])
    expect([codes(left), verdict(left), left.findings[0]?.severity]).toEqual([
      ['key.missing'],
      'unknown',
      'warning',
    ])
    const asked = await judged('noKey', { level: 'decrypts' })
    expect([codes(asked), verdict(asked), asked.findings[0]?.severity]).toEqual([
      ['key.missing'],
      'unknown',
      'error',
    ])
    expect(codes(await judged('noKey', { level: 'intact' }))).toEqual([])
  })

  test('and whose header cannot be used fails to decrypt, by the name of what is wrong with it', async () => {
    const archive = await makeChangoArchive(older)
    for (const outcome of ['truncated', 'headerInvalid', 'unknown'] as const) {
      const envelope: EnvelopeFacts = { outcome, reason: 'x' }
      const facts = await factsOf(archive, { beginning: 'envelope', envelope, content: null })
      const report = (await listed(archive.key)).judge(evidence(read(facts)))
      expect([codes(report), verdict(report)]).toEqual([[`envelope.${outcome}`], 'bad'])
      expect(report.stores.map(({ failedAt }) => failedAt)).toEqual(Array(3).fill('decrypts'))
    }
  })

  test('and on which no key was tried is unknown', async () => {
    const report = await judged('notDerived')
    expect([codes(report), verdict(report)]).toEqual([['key.missing'], 'unknown'])
    expect(report.stores.map(({ failedAt }) => failedAt)).toEqual([null, null, null])
  })

  test('and not opened by the given key has the wrong key, unless its bytes were changed', async () => {
    expect(codes(await judged('noKeyFits'))).toEqual(['envelope.wrongKey'])
    expect(codes(await judged('noKeyFits', { changed: true }))).toEqual(['object.changed'])
  })

  test('and of another backup is misplaced', async () => {
    expect(codes(await judged('opened', { backupId: 'another' }))).toEqual(['envelope.misplaced'])
  })
})
