import { ORPCError } from '@orpc/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../../src/shared/contract/contract.ts'
import { errorCodes } from '../../../src/shared/domain/error.ts'
import { proceduresOf } from '../../support/output-schemas.ts'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { leftEntries } from './left-entries.ts'
import { openEmptyDesk, openRouterLab, passphrase, type Client, type RouterLab } from './router-lab.ts'

let lab: RouterLab
beforeAll(async () => {
  lab = await openRouterLab()
})
afterAll(async () => {
  await lab.close()
})

const procedures = proceduresOf(contract)

type AnyCase = Case<unknown>
const caseOf = (path: string): AnyCase | undefined => {
  const [area = '', name = ''] = path.split('.')
  // A case is typed by its own input; here all of them are called alike.
  const found: unknown = Reflect.get(Reflect.get(cases, area) ?? {}, name)
  return found as AnyCase | undefined
}

async function ask(
  path: string,
  input: unknown,
  client: Client,
  firstEvent?: AnyCase['firstEvent'],
): Promise<readonly unknown[]> {
  let called: unknown = client
  for (const name of path.split('.')) called = Reflect.get(Object(called), name)
  if (typeof called !== 'function') throw new Error(`There is no ${path}.`)
  const output: unknown = await Reflect.apply(called, undefined, [input])
  if (!isStream(output)) return [output]
  const events: unknown[] = []
  const first = firstEvent?.(client)
  for await (const event of output) {
    events.push(event)
    if (first !== undefined) break
  }
  await first
  return events
}

function isStream(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output
}

/** The code that a call was refused with, or that its events told. */
async function refusalOf(asked: Promise<readonly unknown[]>): Promise<unknown> {
  try {
    const texts = (await asked).map((event) => JSON.stringify(event))
    return texts.map((text) => /"code":"([a-zA-Z.]+)"/.exec(text)?.[1]).findLast((code) => code !== undefined)
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error
    if (error.code !== 'FAILED') return error.code
    return (error.data as { readonly code: unknown }).code
  }
}

test('every procedure of the contract has a case', () => {
  const withCase = Object.entries(cases).flatMap(([area, of]) =>
    Object.keys(of).map((name) => `${area}.${name}`),
  )
  expect(withCase.sort()).toEqual(procedures.map(({ path }) => path).sort())
  for (const { path, input } of procedures) {
    const { bad } = caseOf(path) ?? {}
    if (input === undefined) expect(bad, path).toBe('It takes no input.')
    else expect(bad?.length, path).toBeGreaterThan(0)
  }
})

describe.each(procedures)('$path', ({ path, input: schema }) => {
  const { good, bad, onEmptyDesk, firstEvent } = caseOf(path) ?? {}

  test('answers good input with what its schema says and nothing else, and what it changes is in the audit chain', async () => {
    if (good === undefined) return expect.fail('It has no case.')
    const empty = onEmptyDesk ? await openEmptyDesk() : null
    const { client, watched } = empty ?? lab
    try {
      const before = watched.seen(path)
      const input = await good(lab)
      const seqBefore = (await client.audit.list({ limit: 1 })).entries[0]?.seq ?? 0
      const said = await ask(path, input, client, firstEvent)
      for (const event of said) {
        expect(event).not.toMatchObject({ type: 'refused' })
        expect(event).not.toMatchObject({ state: 'failed' })
      }
      expect(watched.faults).toEqual([])
      expect(watched.seen(path)).toBeGreaterThan(before)
      const left = leftEntries[path]
      if (left === undefined) return expect.fail('It is not said whether it leaves an entry.')
      if (left === null) return
      const { entries } = await client.audit.list({ limit: 100 })
      const newer = entries.filter(({ seq }) => seq > seqBefore).map(({ action }) => action)
      expect(newer).toContainEqual(expect.stringMatching(left))
    } finally {
      await empty?.close()
      await unlocked()
    }
  })

  test.skipIf(typeof bad === 'string')('answers wrong input with a failure of the closed list', async () => {
    if (bad === undefined || typeof bad === 'string') return expect.fail('It has no case.')
    for (const { input, code } of bad) {
      expect(await refusalOf(ask(path, await input(lab), lab.client))).toBe(code)
      await unlocked()
    }
  })

  test.skipIf(schema === undefined)(
    'refuses input that does not fit before its handler sees it',
    async () => {
      for (const input of [undefined, null, 'text', [], { never: 'a field' }, { id: '../..' }]) {
        // A schema whose fields are all optional takes what is empty.
        const code = await refusalOf(ask(path, input, lab.client))
        expect(code, JSON.stringify(input)).toBe('BAD_REQUEST')
      }
    },
  )
})

test('a job, a look and all else that went on beside these calls met nothing unexpected', async () => {
  expect([...errorCodes]).toContain('internal')
  expect(await lab.incidents()).toEqual([])
})

/** As it was before a call that locks it. */
async function unlocked(): Promise<void> {
  const { state } = await lab.client.vault.status()
  if (state !== 'open') await lab.client.vault.unlock({ passphrase })
}
