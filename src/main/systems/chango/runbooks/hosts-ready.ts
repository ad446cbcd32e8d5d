import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, knownAs } from '../../../engine/runbook/outcomes.ts'
import { plannedSize } from '../../../engine/runbook/restore-into.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { bytesWords } from '../../../../shared/domain/size-words.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { CheckStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { rootOn } from './roots.ts'
import type { Site } from './site.ts'

const look = `date +%s
[ -x "$1/bin/start-master.sh" ] && [ -x "$1/bin/stop-master.sh" ] && echo scripts
[ -x "$2/bin/java" ] && echo java
for jar in "$1"/lib/chango*.jar; do [ -e "$jar" ] && echo "version \${jar##*/}"; done
:`

/** Documented (installation/automated): it stays after the first installation until somebody shreds it. */
const bootstrapFile = '.master-key-bootstrap'

/** More would make the bucket refuse signatures before long, and certificates look expired. */
const mostClockMs = 5 * 60_000
const someClockMs = 30_000

/** What every host needs before it is worth beginning. That its key is the known one is proved by being logged in. */
export function hostsReady(site: Site): CheckStep {
  return check({
    id: 'hosts-ready',
    section: 'before',
    title: 'See that every host can be worked on',
    why: 'A missing right that shows halfway through leaves the cluster down for longer.',
    touches: `Logs in to ${site.hosts.map(({ address }) => address).join(', ')}.`,
    twin: sh`sudo -n -u ${site.user} true; sudo -n true; date; ls ${site.home}/bin ${site.javaHome}/bin/java`,
    look: async (context) => onEachHost(site.hosts, context, async (host) => readyHost(host, site, context)),
  })
}

async function readyHost(host: HostAccess, site: Site, context: StepContext): Promise<Outcome> {
  const { user, home, javaHome } = site
  const { address } = host
  // Both throw `host.sudo` in words of their own where a right is missing.
  const bootstrap = await mustShellOn(
    host,
    { script: `[ -e "$1" ] && echo there; :`, args: [`${home}/${bootstrapFile}`], asUser: 'root' },
    context,
  )
  const before = context.session.clock.now()
  const said = await mustShellOn(host, { script: look, args: [home, javaHome], asUser: user }, context)
  const after = context.session.clock.now()
  const [seconds = '', ...found] = said.trim().split('\n')
  const aheadMs = Number(seconds) * 1000 - (before + after) / 2
  const version = found.filter((line) => line.startsWith('version ')).map((line) => line.slice(8))
  const evidence = [
    { name: `clock of ${address}`, value: `${Math.round(aheadMs / 1000)} s from this one` },
    { name: `version on ${address}`, value: version.length === 0 ? 'not seen' : version.join(', ') },
  ]
  if (!found.includes('scripts')) {
    return failed(`${address} has no start-master.sh and stop-master.sh in ${home}/bin.`, {
      evidence,
      next: 'Install chango there, or change the answer: give the right folder.',
    })
  }
  if (!found.includes('java')) {
    return failed(`${address} has no java in ${javaHome}/bin.`, {
      evidence,
      next: 'Change the answer: give the right JAVA_HOME.',
    })
  }
  if (Math.abs(aheadMs) > mostClockMs) {
    return failed(`The clock of ${address} is ${Math.round(Math.abs(aheadMs) / 1000)} s off.`, {
      evidence,
      next: 'Set the clock of that host, or of this machine.',
    })
  }
  if (Math.abs(aheadMs) > someClockMs) {
    context.line('warning', `The clock of ${address} is ${Math.round(Math.abs(aheadMs) / 1000)} s off.`)
  }
  if (bootstrap.trim() === 'there') {
    context.line(
      'warning',
      `${address} still has the master key in ${home}/${bootstrapFile}: anyone who becomes root there can read it.`,
    )
  }
  return done(`${address} can be worked on.`, { evidence })
}

/** On the file system that holds the folder, or will hold it. */
const space = `at=$1
while [ ! -d "$at" ]; do at=$(dirname -- "$at"); done
df -Pk -- "$at" | tail -n 1`

/** Old and new stores stand beside each other, and a start rewrites some of them. */
export function hasSpace(site: Site): CheckStep {
  return check({
    id: 'has-space',
    section: 'before',
    title: 'See that there is room',
    why: 'The old stores stay beside the new ones.',
    touches: `Looks at the file system of the stores on ${site.first.address}.`,
    twin: sh`df -Pk ${site.data}`,
    look: async (context) => {
      const root = rootOn(site.first, site, context.known)
      const said = await mustShellOn(site.first, { script: space, args: [root], asUser: site.user }, context)
      const [, , , freeKib = '', , mount = ''] = said.trim().split(/\s+/)
      const freeBytes = Number(freeKib) * 1024
      const neededBytes = 2 * Number(knownAs(context.known, plannedSize))
      const evidence = [{ name: `free on ${mount}`, value: bytesWords(freeBytes) }]
      return freeBytes >= neededBytes
        ? done(`${bytesWords(freeBytes)} are free on ${mount}, ${bytesWords(neededBytes)} are needed.`, {
            evidence,
          })
        : failed(
            `Only ${bytesWords(freeBytes)} are free on ${mount}, ${bytesWords(neededBytes)} are needed.`,
            {
              evidence,
              next: `Make room on ${site.first.address}, then look again.`,
            },
          )
    },
  })
}

/** What the installation left of the key, at the end. */
export function keyLeftovers(site: Site): CheckStep {
  return check({
    id: 'key-leftovers',
    section: 'after',
    title: 'Look for the master key in files',
    why: 'The installation leaves it in a file once, and nobody takes it away.',
    touches: `Looks for ${site.home}/${bootstrapFile} on every host.`,
    twin: sh`ls -l ${site.home}/${bootstrapFile}`,
    skip: 'operator',
    look: async (context) =>
      onEachHost(site.hosts, context, async (host) => {
        const said = await mustShellOn(
          host,
          { script: `[ -e "$1" ] && echo there; :`, args: [`${site.home}/${bootstrapFile}`], asUser: 'root' },
          context,
        )
        return said.trim() === 'there'
          ? failed(`${host.address} still has the master key in ${site.home}/${bootstrapFile}.`, {
              next: `Once it is in the vault: ${sh`sudo shred -u ${site.home}/${bootstrapFile}`}`,
            })
          : done(`${host.address} has no master key in a file of the installation.`)
      }),
  })
}
