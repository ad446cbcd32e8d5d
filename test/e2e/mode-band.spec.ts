import { addCluster, atDesk, makeRepository } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

const modes = {
  protected: 'Changes need a reason and the cluster’s typed name.',
  readOnly: 'Holdfast offers nothing that writes to this cluster.',
  normal: null,
} as const

test('A protected and a read-only cluster say so on each of their pages and in the wizard, an ordinary one says nothing', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-modes', { plain: true, nights: 1 })
  const ids = await atDesk(holdfast, async (client) => {
    const made: [keyof typeof modes, string][] = []
    for (const mode of ['protected', 'readOnly', 'normal'] as const)
      made.push([mode, (await addCluster(client, { name: `kiok-${mode}`, address: lab.address, mode })).id])
    return made
  })
  await holdfast.start(page)
  const band = page.getByRole('region', { name: 'Mode' })
  for (const [mode, id] of ids) {
    for (const place of [
      'overview',
      'backups',
      'chain',
      'schedule',
      'connection',
      'activity',
      'restore/newest',
    ]) {
      await goTo(page, `/clusters/${id}/${place}`)
      await expect(page.getByRole('heading', { level: 1 })).toContainText(`kiok-${mode}`)
      const words = modes[mode]
      if (words === null) await expect(band, place).toHaveCount(0)
      else await expect(band, place).toContainText(words)
    }
  }
})
