import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import type { RunbookSetting } from '../../../src/main/ports/runbook.ts'
import { kisekiShards, type KisekiShard } from '../../lab/kiseki.ts'
import { writeSnapshots } from '../../lab/runbooks/kiseki-snapshots.ts'
import { startKisekiSite, type KisekiSiteLab, type KisekiSiteOptions } from '../../lab/runbooks/kiseki.ts'
import { openRunLab, type RunLab } from './run-lab.ts'

/** Of the nodes; none of them ever leaves its host. */
export const secrets = ['a-node-secret-shown-nowhere', 'a-node-identity-shown-nowhere']

export interface KisekiRunLab extends RunLab {
  readonly site: KisekiSiteLab
  readonly inputs: Readonly<Record<string, string>>
  readonly snapshotIds: readonly string[]
  /** As a run is begun with. */
  setting(inputs: Readonly<Record<string, string>>): RunbookSetting
}

export async function openKisekiLab(
  of: KisekiSiteOptions & { readonly snapshotShards?: readonly (readonly KisekiShard[])[] },
): Promise<KisekiRunLab | { readonly skip: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kiseki-snapshots-'))
  await mkdir(join(folder, 'snapshots'))
  const listed = await writeSnapshots(join(folder, 'snapshots'), of.snapshotShards ?? [])
  const site = await startKisekiSite({ snapshots: async () => Promise.resolve(listed), ...of })
  if ('skip' in site) {
    await rm(folder, { recursive: true })
    return site
  }
  const lab = await openRunLab({
    system: 'kiseki',
    name: 'kiseki-lab',
    folder: join(folder, 'snapshots'),
    secrets: {},
    connection: () => site.values,
  })
  return {
    ...lab,
    site,
    inputs: site.inputs,
    snapshotIds: Object.keys(listed),
    setting: (inputs) => ({
      cluster: {
        name: 'kiseki-lab',
        system: 'kiseki',
        connection: lab.running.desk.state.clusters.get(lab.clusterId)?.connection ?? null,
      },
      inputs: { unit: 'kiseki-server', samples: '', ...site.inputs, ...inputs },
    }),
    async close() {
      await lab.close()
      await site.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Until the test is over; the test is skipped where there can be none. */
export async function kisekiLab(
  context: TestContext,
  of: Parameters<typeof openKisekiLab>[0],
): Promise<KisekiRunLab> {
  const opened = await openKisekiLab(of)
  if ('skip' in opened) return context.skip(opened.skip)
  onTestFinished(async () => opened.close())
  return opened
}

export async function begin(
  of: KisekiRunLab,
  scenario: string,
  inputs: Readonly<Record<string, string>> = of.inputs,
): Promise<{ readonly id: string }> {
  return of.client.runbooks.start({ clusterId: of.clusterId, scenario, inputs: { ...inputs } })
}

export { kisekiShards }
