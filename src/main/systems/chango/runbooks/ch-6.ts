import { renameScript } from '../../../../shared/domain/rename-script.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, failed, knownAs, notYet } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action, choice, confirm } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Outcome, Runbook, Step, StepContext } from '../../../ports/runbook.ts'
import { acceptance } from './acceptance.ts'
import { opening } from './ch-4.ts'
import { closing } from './closing.ts'
import { hostsReady } from './hosts-ready.ts'
import { inputsOf, ofEveryMaster } from './inputs.ts'
import { chooseKey } from './master-key.ts'
import { stopMaster, whileStopped } from './master-process.ts'
import { mastersStopped } from './masters-stopped.ts'
import { patchesAside, patchesBack, patchesOf, patchMoments } from './patches-back.ts'
import { findHostRoots, rootOn, stores } from './roots.ts'
import { placeOf, siteOf, type Site } from './site.ts'
import { othersAside } from './stores-aside.ts'

/** The end of the names of what is gone back to. */
const chosenAside = 'aside'

export const ch6: Runbook = {
  id: 'CH-6',
  system: 'chango',
  title: 'Roll a restore back',
  when: 'A restore has put the wrong state into place, and what stood there before lies aside.',
  costs: [
    'Everything that changed after the restore is lost.',
    'All masters are stopped; components that run go on.',
  ],
  inputs: inputsOf(...ofEveryMaster),
  steps: (setting) => {
    const site = siteOf(setting)
    const lock = hostLock(site.hosts)
    return [
      ...lock.takeIt,
      hostsReady(site),
      ...chooseKey(),
      findHostRoots(site),
      chooseAside(site),
      confirm({
        id: 'confirm-rollback',
        section: 'before',
        title: 'Confirm what is lost',
        why: 'From here on the restored state is replaced.',
        of: [chosenAside],
        says: async ({ known }) =>
          Promise.resolve([
            `What was set aside ${asideWords(knownAs(known, chosenAside))} comes back on ${site.first.address}.`,
            `Everything that ${site.name} took in after the restore is lost; it is kept aside, never removed.`,
          ]),
      }),
      ...[...site.others, site.first].map((host) =>
        stopMaster(host, site, {
          id: `stop-master-${placeOf(host, site)}`,
          section: 'restore',
          title: `Stop the master on ${host.address}`,
          why: 'A master that lives would push the wrong state back.',
        }),
      ),
      mastersStopped(site, {
        id: 'masters-stopped',
        section: 'restore',
        title: 'Prove that every master is stopped',
      }),
      swapBack(site),
      patchesBack(site),
      ...othersAside(site),
      ...opening(site),
      ...acceptance(site),
      ...closing(site, lock.giveItBack),
    ]
  },
}

/** By chango’s own tool `<folder>.before-restore-<milliseconds>` (documented), by a restore of this console with a date. */
const list = `cd -- "$1" 2>/dev/null || exit 0
ls -d -- *.before-restore-* 2>/dev/null || :`

async function asidesOn(site: Site, context: StepContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const root = rootOn(site.first, site, context.known)
  const said = await mustShellOn(site.first, { script: list, args: [root], asUser: site.user }, context)
  const found = new Map<string, string[]>()
  for (const line of said.split('\n')) {
    const [, name, stamp] = /^([a-z]+)\.before-restore-(\d+|\d{8}T\d{6}Z(?:-\d+)?)$/.exec(line) ?? []
    if (name === undefined || stamp === undefined) continue
    found.set(stamp, [...(found.get(stamp) ?? []), name])
  }
  return found
}

function chooseAside(site: Site): Step {
  return choice({
    id: 'choose-aside',
    section: 'before',
    title: 'Choose what to go back to',
    why: 'Only the three stores of one moment make one state.',
    touches: `Looks into the folder of the stores on ${site.first.address}.`,
    options: async (context) => {
      const found = [...(await asidesOn(site, context))].sort(([a], [b]) => timeOf(b) - timeOf(a))
      const moments = {
        patches: await patchMoments(site, context),
        stores: found.map(([stamp]) => timeOf(stamp)),
      }
      const options = found.map(([stamp, names]) => {
        const missing = stores.filter((store) => !names.includes(store))
        const patches = patchesOf(timeOf(stamp), moments)
        return {
          id: stamp,
          label: `What was set aside ${asideWords(stamp)}`,
          says: [[...names, ...(patches === null ? [] : ['patches'])].join(', ')],
          notPossible: missing.length === 0 ? null : `It lacks ${missing.join(', ')}.`,
          advised: false,
          learnt: {
            [chosenAside]: stamp,
            'aside.names': names.join(' '),
            [patchesAside]: patches === null ? '' : `${patches}`,
          },
        }
      })
      const newest = options.find(({ notPossible }) => notPossible === null)
      return options.map((option) => ({ ...option, advised: option === newest }))
    },
  })
}

function asideWords(stamp: string): string {
  return `at ${new Date(timeOf(stamp)).toISOString()}`
}

function timeOf(stamp: string): number {
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(stamp) ?? []
  if (year === '') return Number(stamp)
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

const swap = `${renameScript}cd -- "$1" || exit 1
stamp=$2 ending=$3
shift 3
for name; do
[ -e "$name.before-restore-$stamp" ] || continue
if [ -e "$name" ]; then [ ! -e "$name$ending" ] && rename "$name" "$name$ending" || exit 1; fi
rename "$name.before-restore-$stamp" "$name" || exit 1
done
sync -f . 2>/dev/null || :`

/** A name without an aside is one that has come back: where nothing stood before that, nothing stands there again. */
const swapAgain = `${renameScript}cd -- "$1" || exit 1
stamp=$2 ending=$3
shift 3
for name; do
aside=$name.before-restore-$stamp
if [ -e "$name" ] && [ ! -e "$aside" ]; then rename "$name" "$aside" || exit 1; fi
if [ -e "$name$ending" ]; then rename "$name$ending" "$name" || exit 1; fi
done
sync -f . 2>/dev/null || :`

const look = `cd -- "$1" || exit 1
stamp=$2
shift 2
for name; do [ -e "$name.before-restore-$stamp" ] && echo "$name"; done
:`

function swapBack(site: Site): Step {
  const { first, user } = site
  const parts = ({ known, beganMs }: StepContext) => ({
    root: rootOn(first, site, known),
    stamp: knownAs(known, chosenAside),
    names: knownAs(known, 'aside.names').split(' '),
    ending: `.undone-${beganMs}`,
  })
  const swapping = async (
    context: StepContext,
    script: string,
    then: (of: ReturnType<typeof parts>) => Promise<Outcome>,
  ): Promise<Outcome> =>
    whileStopped('master', first, site, context, async () => {
      const { root, stamp, names, ending } = parts(context)
      await mustShellOn(first, { script, args: [root, stamp, ending, ...names], asUser: user }, context)
      return then(parts(context))
    })
  const seen = async (context: StepContext) => {
    const { root, stamp, names } = parts(context)
    const said = await mustShellOn(
      first,
      { script: look, args: [root, stamp, ...names], asUser: user },
      context,
    )
    const left = said.split('\n').filter((line) => line !== '')
    return left.length === 0
      ? done(`${names.join(', ')} of before the restore stand in ${root} on ${first.address}.`)
      : notYet(
          `${left.join(', ')} of before the restore ${left.length === 1 ? 'is' : 'are'} still aside in ${root} on ${first.address}.`,
        )
  }
  return action({
    id: 'swap-back',
    section: 'restore',
    title: 'Put back what stood there before the restore',
    why: 'The stores of one moment, swapped for those that are there now.',
    touches: `${stores.join(', ')} in the folder of the stores on ${first.address}.`,
    undo: 'The restored state is swapped in again.',
    twin: stores
      .map(
        (store) =>
          sh`mv ${store} ${store}.undone-MILLISECONDS; mv ${store}.before-restore-MILLISECONDS ${store}`,
      )
      .join('; '),
    damage: 2,
    act: async (context) =>
      swapping(context, swap, async ({ names, ending }) => {
        const outcome = await seen(context)
        const evidence = names.map((name) => ({
          name: `${name} stood there, now`,
          value: `${name}${ending}`,
        }))
        return outcome.state === 'done' ? { ...outcome, evidence } : failed(outcome.sentence, { evidence })
      }),
    look: seen,
    takeBack: async (context) =>
      swapping(context, swapAgain, async ({ root }) =>
        Promise.resolve(done(`The restored state stands in ${root} on ${first.address} again.`)),
      ),
  })
}
