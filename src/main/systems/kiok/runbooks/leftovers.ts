import { manual } from '../../../engine/runbook/steps.ts'
import type { ManualStep } from '../../../ports/runbook.ts'
import type { KiokSite } from './site.ts'

/** What a run leaves behind; nothing of it is removed by this console. */
export function leftovers(site: KiokSite, more: readonly string[] = []): ManualStep {
  const hosts = site.masters.map(({ address }) => address).join(', ')
  return manual({
    id: 'leftovers',
    section: 'after',
    title: 'Know what is left behind',
    why: 'What was moved aside is the only way back, and takes space; nobody removes it by itself.',
    does: [
      `before-RUN in ${site.dataFolder} on ${hosts}: the old stores. Keep them until the new state has stood for some days, then remove them.`,
      `/var/tmp/holdfast-run-RUN-master and -worker on the hosts: marks without contents; they may be removed.`,
      'The key and the S3 key pair are in the environment of the processes that were started, and nowhere else on the hosts. After the next start by your own means they are there only if you hand them over.',
      'Every administrator knows how the cluster is started again, with the same key, ZooKeeper and iterations.',
      ...more,
    ],
  })
}
