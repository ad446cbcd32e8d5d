import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { renderToString } from 'react-dom/server'
import { beforeEach, expect, test, vi } from 'vitest'
import type { PaletteGroup, PaletteItem } from '../../../../../src/renderer/app/palette/items.ts'
import { usePaletteGroups } from '../../../../../src/renderer/app/palette/use-palette-groups.tsx'
import { rootRoute } from '../../../../../src/renderer/app/root-route.tsx'
import { makeRouter } from '../../../../../src/renderer/app/router.tsx'
import type { WorkRequest } from '../../../../../src/renderer/app/work-request.ts'
import type { Client, Desk } from '../../../../../src/renderer/lib/client-types.ts'
import { ClientProvider } from '../../../../../src/renderer/lib/client.tsx'
import { contract } from '../../../../../src/shared/contract/contract.ts'
import type { VaultStatus } from '../../../../../src/shared/contract/vault.ts'
import { proceduresOf } from '../../../../support/output-schemas.ts'
import * as on from './a-desk.ts'

/** What the palette does not offer as a line of its own, and why. What is missing here has to be in the palette. */
const notOffered: Readonly<Record<string, string>> = {
  'host.setVisible': 'The window tells it by itself.',
  'repositories.add': 'The page that adds a repository.',
  'clusters.add': 'The page that adds a cluster.',
  'clusters.trustHost': 'Asked where a host shows a key that nobody has compared yet.',
  'masters.test': 'Part of the form of a connection.',
  'masters.previewSettings': 'Part of the dialog that changes them.',
  'masters.nextTimes': 'Part of the dialog of a schedule.',
  'restore.prepare': 'A step of the restore wizard.',
  'restore.start': 'The last step of the restore wizard.',
  'retention.preview': 'The dialog of retention begins with it.',
  'runbooks.triage': 'The first page of a recovery.',
  'runbooks.start': 'The last page of a recovery’s beginning.',
  'runbooks.proceed': 'Said at the step at hand of the run.',
  'setup.importPlan': 'The dialog of an import begins with it.',
}

/** Answers of the console that pages show: they are found by their page. */
const onlyShown: Readonly<Record<string, readonly string[]>> = {
  host: ['info', 'changes'],
  vault: ['status', 'credentials'],
  repositories: ['list', 'usage', 'lastPosture', 'browse'],
  clusters: ['list', 'some', 'trustedHosts'],
  masters: ['systems', 'connection', 'health', 'snapshotOffer', 'schedule'],
  backups: ['chain', 'get', 'find', 'contents', 'history'],
  verify: ['cost'],
  restore: ['targets'],
  retention: ['get'],
  runbooks: ['scenarios', 'list', 'get', 'watch', 'ask'],
  drills: ['list', 'fleet', 'cost', 'schedule'],
  jobs: ['list', 'get', 'events'],
  audit: ['status', 'list'],
  settings: ['get'],
}

const pagesNotOffered: Readonly<Record<string, string>> = {
  '/clusters/$id': 'Leads to the overview.',
}

const reached = vi.hoisted(() => ({
  procedures: new Set<string>(),
  pages: new Set<string>(),
  acts: new Set<string>(),
}))
beforeEach(() => {
  reached.procedures.clear()
  reached.pages.clear()
  reached.acts.clear()
})

const dialogs = {
  verify: 'verify.start',
  keyCheck: 'verify.startKeyCheck',
  copy: 'verify.startCopy',
} as const

vi.mock('../../../../../src/renderer/ui/now.ts', () => ({ useNow: () => Date.parse('2026-11-21T03:00:00Z') }))
vi.mock(import('../../../../../src/renderer/app/page-act.ts'), async (original) => ({
  ...(await original()),
  useBeginAt:
    () =>
    (does, _of, { to }) => {
      reached.procedures.add(does)
      reached.acts.add(does)
      if (to !== undefined) reached.pages.add(to)
    },
}))
vi.mock(import('../../../../../src/renderer/app/work-request.ts'), async (original) => ({
  ...(await original()),
  askWork: (request: WorkRequest | null) => {
    if (request !== null) reached.procedures.add(dialogs[request.kind])
  },
}))
vi.mock(import('../../../../../src/renderer/app/snapshot-request.ts'), async (original) => ({
  ...(await original()),
  askSnapshot: () => reached.procedures.add('masters.snapshot'),
}))
vi.mock(import('../../../../../src/renderer/app/unlock-request.ts'), async (original) => ({
  ...(await original()),
  askUnlock: () => reached.procedures.add('vault.unlock'),
}))

function isOnlyShown(path: string): boolean {
  const [area = '', name = ''] = path.split('.')
  return onlyShown[area]?.includes(name) ?? false
}

/** The palette of a page, once something was typed. */
async function paletteAt(address: string, vault: VaultStatus['state']) {
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }))
  const queries = new QueryClient()
  const client = recording([])
  remember(queries, createTanstackQueryUtils(client), vault)
  let items: readonly PaletteItem[] = []
  const take = (groups: readonly PaletteGroup[]): void => {
    items = groups.flatMap((group) => group.items)
  }
  function Probe() {
    take(usePaletteGroups('', 'of').groups)
    return null
  }
  rootRoute.update({ component: Probe })
  await router.load()
  renderToString(
    <QueryClientProvider client={queries}>
      <ClientProvider client={client}>
        <RouterProvider router={router} />
      </ClientProvider>
    </QueryClientProvider>,
  )
  router.navigate = async ({ to }) => void (typeof to === 'string' && reached.pages.add(to))
  return items
}

function recording(path: readonly string[]): Client {
  const call = async (): Promise<never> => {
    reached.procedures.add(path.join('.'))
    return new Promise(() => undefined)
  }
  return new Proxy(call, {
    get: (_, name) => (typeof name === 'string' ? recording([...path, name]) : undefined),
  }) as unknown as Client
}

function remember(queries: QueryClient, desk: Desk, vault: VaultStatus['state']): void {
  queries.setQueryData(desk.clusters.list.queryKey(), [on.aCluster])
  queries.setQueryData(desk.repositories.list.queryKey(), [on.aRepository])
  queries.setQueryData(desk.clusters.trustedHosts.queryKey(), [on.aTrustedHost])
  queries.setQueryData(desk.vault.status.queryKey(), on.aVault(vault))
  queries.setQueryData(desk.vault.credentials.queryKey(), [on.aCredential])
  queries.setQueryData(desk.restore.targets.queryKey(), [on.aTarget])
  queries.setQueryData(desk.retention.get.queryKey({ input: { clusterId: 'kiok-prod' } }), on.aRetention)
  queries.setQueryData(desk.runbooks.list.queryKey(), [on.aRunSummary])
  queries.setQueryData(desk.jobs.list.queryKey(), [on.aJob, on.aCutJob])
}

test('every action that the console knows, and every page, is in the palette, or it is said why not', async () => {
  const here = `/clusters/kiok-prod/backups?backup=${on.backupId}`
  for (const vault of ['none', 'locked', 'open'] as const)
    for (const { run } of await paletteAt(here, vault)) run()
  const missing = () =>
    proceduresOf(contract)
      .map(({ path }) => path)
      .filter((path) => !reached.procedures.has(path) && !isOnlyShown(path))
  // A mutation calls its procedure a turn later.
  await vi.waitFor(() => expect(missing().sort()).toEqual(Object.keys(notOffered).sort()), {
    timeout: 60_000,
  })
  const pages = Object.keys(makeRouter(createMemoryHistory()).routesByPath)
  expect(pages.filter((page) => !reached.pages.has(page))).toEqual(Object.keys(pagesNotOffered))
})

test('what a page is asked to begin is begun by one', async () => {
  for (const vault of ['none', 'open'] as const)
    for (const { run } of await paletteAt('/clusters/kiok-prod/overview', vault)) run()
  const sources = import.meta.glob<string>('../../../../../src/renderer/areas/**/*.tsx', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const begun = Object.values(sources).flatMap((source) =>
    [...source.matchAll(/usePageAct\(\s*'([\w.]+)'/g)].map(([, act = '']) => act),
  )
  expect(new Set(begun)).toEqual(reached.acts)
})

test('no line of the palette stands for another one', async () => {
  const items = await paletteAt('/clusters/kiok-prod/overview', 'open')
  const ids = items.map(({ id }) => id)
  expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([])
})

test('what cannot be done now is not offered', async () => {
  const names = (await paletteAt('/', 'none')).map(({ name }) => name)
  expect(names).not.toContain('Lock the vault')
  expect(names).not.toContain('Unlock the vault…')
  expect(names).toContain('Choose where secrets are kept…')
})
