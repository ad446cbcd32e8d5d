import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { savedCluster, savedRepository } from '../../../src/main/desk/saved.ts'
import { createViews } from '../../../src/main/desk/views.ts'
import { openDeskLab, type DeskLab } from './desk-lab.ts'

let lab: DeskLab
beforeAll(async () => {
  lab = await openDeskLab()
})
afterAll(async () => lab.close())

const id = 'kiok-prod'
const shown = async () => [lab.ports.views.look(id), await lab.ports.views.searchText(id)]

test('Nothing that was seen at another address is shown, nor what is seen there by a look that had begun', async () => {
  const { views, state } = lab.ports
  const before = savedRepository(id, state)
  await views.refresh(id)
  expect(views.look(id)?.backups).toBe(20)
  expect(await views.searchText(id)).not.toBeNull()
  const looking = views.refresh(id)
  const elsewhere = join(lab.dir, 'elsewhere')
  await mkdir(elsewhere)
  await state.repositories.put({ ...before, address: pathToFileURL(`${elsewhere}/`).href })
  expect(await shown()).toEqual([null, null])
  await looking
  expect(await shown()).toEqual([null, null])
  await expect(views.view(id)).resolves.toMatchObject({ backups: [] })
  await state.repositories.put(before)
  views.changed(id)
  await expect.poll(() => views.look(id)?.backups).toBe(20)
})

test('A cluster that was removed and is added again by its name is looked at before anything is told of it', async () => {
  const { views, state } = lab.ports
  const cluster = savedCluster(id, state)
  await views.view(id)
  const looking = views.refresh(id)
  await state.clusters.remove(id)
  await views.forget(id)
  await state.clusters.put({ ...cluster, addedAt: '2026-02-01T00:00:00Z' })
  expect(await shown()).toEqual([null, null])
  await looking
  expect([...(await shown()), state.looks.get(id)]).toEqual([null, null, null])
  await views.view(id)
  expect(views.look(id)?.backups).toBe(20)
})

test('What was looked at before this start is found again, whether its repository answers or not', async () => {
  const { state } = lab.ports
  await lab.ports.views.refresh(id)
  const text = await lab.ports.views.searchText(id)
  const repository = savedRepository(id, state)
  const later = createViews({
    ...lab.ports,
    openStore: async () => Promise.reject(new Error('The host is dead.')),
  })
  expect(await later.searchText(id)).toBe(text)
  await later.refresh(id)
  expect(await later.searchText(id)).toBe(text)
  await state.repositories.put({ ...repository, address: 'file:///elsewhere/' })
  expect(await later.searchText(id)).toBeNull()
  await state.repositories.put(repository)
  await later.forget(id)
  const last = createViews(lab.ports)
  expect(await last.searchText(id)).toBeNull()
})
