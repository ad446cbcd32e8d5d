import { beforeEach, describe, expect, test } from 'vitest'
import type { Session } from '../../../../../src/main/ports/cluster-driver.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import type { RunbookSetting } from '../../../../../src/main/ports/runbook.ts'
import { tryVerbs } from '../../../../../src/main/systems/any/bucket-verbs.ts'
import { unreachableBackups } from '../../../../../src/main/systems/any/x-1.ts'
import { HoldfastError, type ErrorCode } from '../../../../../src/shared/domain/error.ts'
import { systemNames } from '../../../../../src/shared/domain/system-name.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { fakeSession } from '../../../../fakes/session.ts'
import { fakeRecovery } from '../../../../fakes/recovery.ts'
import { answer, goThrough, openRunbookDesk, startRun } from '../../../../support/runbook-runs.ts'

const setting: RunbookSetting = { cluster: { name: 'core', system: 'chango', connection: null }, inputs: {} }

type Verb = 'open' | 'list' | 'head' | 'get'
/** What the bucket refuses now, by verb. */
let refuses: Map<Verb, ErrorCode>
let store: ObjectStore

beforeEach(async () => {
  refuses = new Map()
  store = memoryStore()
  await store.put('backups/b1', Buffer.from('bytes'))
})

function refusing(verb: Verb): void {
  const code = refuses.get(verb)
  if (code !== undefined)
    throw new HoldfastError(code, { what: `${verb} is refused.`, why: 'By the test.', next: 'Mend it.' })
}

function session(signal: AbortSignal): Session {
  return fakeSession(setting.cluster, signal, {
    async repository() {
      refusing('open')
      return {
        ...store,
        list(options) {
          refusing('list')
          return store.list(options)
        },
        async head(key, options) {
          refusing('head')
          return store.head(key, options)
        },
        async get(key, options) {
          refusing('get')
          return store.get(key, options)
        },
      }
    },
  })
}

describe('each verb is tried by itself', () => {
  const verbs = async () =>
    (await tryVerbs(session(new AbortController().signal))).map(
      ({ verb, code }) => `${verb} ${code ?? 'works'}`,
    )

  test('where all of them work', async () => {
    expect(await verbs()).toEqual(['open works', 'list works', 'head works', 'read works'])
  })

  test('where one is refused the others are still told', async () => {
    refuses.set('head', 'repository.accessDenied')
    expect(await verbs()).toEqual(['open works', 'list works', 'head repository.accessDenied', 'read works'])
  })

  test('where nothing can be listed nothing else is asked', async () => {
    refuses.set('list', 'repository.badKeyPair')
    expect(await verbs()).toEqual(['open works', 'list repository.badKeyPair'])
    refuses.set('open', 'vault.locked')
    expect(await verbs()).toEqual(['open vault.locked'])
  })

  test('an empty repository may be listed', async () => {
    await store.delete('backups/b1')
    expect(await verbs()).toEqual(['open works', 'list works'])
  })

  test('what nobody expects is no answer', async () => {
    store = { ...store, list: () => { throw new Error('a fault') } } // prettier-ignore
    await expect(verbs()).rejects.toThrow('a fault')
  })
})

describe('X-1', () => {
  const recovery = fakeRecovery([{ backupId: 'b1', createdAt: '2026-11-20T02:00:00.000Z', objects: ['b1'] }])
  const openDesk = async () =>
    openRunbookDesk({ runbooks: [unreachableBackups], session, recovery: () => recovery })
  const states = (run: { readonly list: readonly { readonly id: string; readonly state: string }[] }) =>
    run.list.map(({ id, state }) => `${id} ${state}`)

  test('a key that is refused is replaced, the console is proved to read, and a new backup ends it', async () => {
    refuses.set('list', 'repository.badKeyPair')
    const desk = await openDesk()
    let run = await startRun(desk, 'X-1', setting)
    expect(run.list[0]).toMatchObject({
      state: 'done',
      sentence: 'List: list is refused. By the test.',
      next: 'Mend it.',
      evidence: [{ name: 'open', value: 'works' }, { name: 'list', value: 'repository.badKeyPair' }],
    }) // prettier-ignore
    run = await goThrough(desk, run, ({ id, asks }) =>
      id === 'mend-console' ? 'stop here' : asks === null ? null : { kind: 'did', note: 'bucket backups' },
    )
    expect(states(run).slice(0, 6)).toEqual([
      'classify done', 'cluster-access done', 'other-copy done', 'use-copy notNeeded', 'new-key done', 'mend-console todo',
    ]) // prettier-ignore
    const early = await answer(desk, run, { kind: 'did', note: 'replaced' })
    expect(early.list[5]).toMatchObject({ state: 'failed', sentence: 'List: list is refused. By the test.' })
    refuses.clear()
    run = await goThrough(desk, early, ({ id, asks }) =>
      id === 'new-backup' ? 'stop here' : asks === null ? null : { kind: 'did', note: 'bucket backups' },
    )
    expect(states(run).slice(5)).toEqual([
      'mend-console done', 'give-cluster done', 'reads-again done', 'new-backup todo',
    ]) // prettier-ignore
    await expect(desk.runner.accept(run.id, 'fine')).rejects.toMatchObject({ code: 'runbook.refused' })
    recovery.backups.unshift({
      backupId: 'b2',
      createdAt: new Date(Date.now() + 1000).toISOString(),
      objects: ['b2'],
    })
    run = await answer(desk, run, { kind: 'did', note: '' })
    expect(run.acceptance).toMatchObject({ green: 2, all: 2 })
    await desk.runner.accept(run.id, 'fine')
    expect((await desk.runner.close(run.id, 'finished', '')).state).toBe('finished')
  })

  test('where this console reads, only the cluster is given access; where the way is broken, no key is made', async () => {
    const desk = await openDesk()
    const ours = await goThrough(desk, await startRun(desk, 'X-1', setting), ({ id }) =>
      id === 'cluster-access' ? { kind: 'choose', option: 'refused' } : id === 'new-key' ? 'stop here' : null,
    )
    expect(states(ours)).toContain('new-key todo')
    expect(states(ours)).toContain('mend-console notNeeded')
    await desk.runner.close(ours.id, 'abandoned', 'a test')

    refuses.set('list', 'repository.clockSkew')
    const way = await goThrough(desk, await startRun(desk, 'X-1', setting), ({ id }) =>
      id === 'cluster-access'
        ? { kind: 'choose', option: 'works' }
        : id === 'mend-console'
          ? 'stop here'
          : null,
    )
    expect(states(way).slice(4)).toEqual([
      'new-key notNeeded', 'mend-console todo', 'give-cluster notNeeded', 'reads-again todo', 'new-backup todo',
    ]) // prettier-ignore
  })

  test.each(systemNames)('what %s is given is told in words, and its command holds no secret', (system) => {
    const give = unreachableBackups
      .steps({ ...setting, cluster: { ...setting.cluster, system } })
      .find(({ id }) => id === 'give-cluster')
    expect(give).toMatchObject({
      kind: 'manual',
      does: expect.arrayContaining([expect.stringMatching(/\.$/)]),
    })
    for (const secret of give?.twin?.match(/secret-key":"[^"]*"/g) ?? []) expect(secret).toContain('%s')
  })
})
