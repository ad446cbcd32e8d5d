import { expect, test } from 'vitest'
import type { HttpReply } from '../../../../../../src/main/ports/http-client.ts'
import type { StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { contentsAfter } from '../../../../../../src/main/systems/kiok/runbooks/contents.ts'
import { siteOf } from '../../../../../../src/main/systems/kiok/runbooks/site.ts'
import { fakeSession } from '../../../../../fakes/session.ts'

const connection = { masters: ['https://kiok-1:8443'], hosts: ['ops@kiok-1'], login: 'login' }
const site = siteOf({
  cluster: { name: 'eu', system: 'kiok', connection },
  inputs: { installFolder: '/opt/kiok' },
})

async function counted(dags: readonly object[], connections: readonly object[]) {
  const told: Readonly<Record<string, unknown>> = {
    'POST /api/v1/auth/login': { accessToken: 'a token' },
    'GET /api/v1/dags': dags,
    'GET /api/v1/connections': connections,
    'GET /api/v1/admin/backup/cron': { cron: null },
  }
  const session = fakeSession({ name: 'eu', system: 'kiok' }, new AbortController().signal, {
    login: async () => Promise.resolve({ user: 'admin', password: 'x' }),
    http: async () =>
      Promise.resolve({
        async send({ method, path }): Promise<HttpReply> {
          const body = told[`${method} ${path}`]
          return Promise.resolve({
            status: body === undefined ? 404 : 200,
            header: () => null,
            text: JSON.stringify(body ?? {}),
            origin: 'https://kiok-1:8443',
          })
        },
        close: async () => undefined,
      }),
  })
  const context = { session, known: new Map(), line: () => undefined } as unknown as StepContext
  return contentsAfter(site).look(context)
}

test('a cluster that holds nothing is not accepted as one that was restored', async () => {
  expect(await counted([], [])).toMatchObject({
    state: 'failed',
    sentence: 'The cluster holds no DAG and no connection.',
    next: expect.stringContaining('look which backup was restored'),
  })
  expect(await counted([{ id: 'hello' }], [])).toMatchObject({ state: 'done' })
  expect(await counted([], [{ id: 'mail' }])).toMatchObject({ state: 'done' })
})
