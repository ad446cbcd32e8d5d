import { MutationObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { makeQueryClient } from '../../../../src/renderer/app/query-client.ts'

test.each([
  ['taken', async (secret: string) => `kept ${secret.length} letters`],
  ['refused', async (secret: string) => Promise.reject(new Error(`no ${secret.length}`))],
])('A secret that was %s is forgotten with the form that sent it', async (_what, mutationFn) => {
  const queries = makeQueryClient()
  const form = new MutationObserver(queries, { mutationFn })
  const leave = form.subscribe(() => undefined)
  await form.mutate('a secret').catch(() => undefined)
  const [sent] = queries.getMutationCache().getAll()
  expect(sent?.state.variables).toBe('a secret')
  const forgotten = new Promise<void>((resolve) =>
    queries.getMutationCache().subscribe(({ type }) => {
      if (type === 'removed') resolve()
    }),
  )
  leave()
  await forgotten
  expect(queries.getMutationCache().getAll()).toEqual([])
})
