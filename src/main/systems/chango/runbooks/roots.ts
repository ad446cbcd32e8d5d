import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, knownAs } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { CheckStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { dialectFacts, toolRestores } from './dialect.ts'
import { placeOf, type Site } from './site.ts'

const look = `cat -- "$1/conf/chango.properties" 2>/dev/null
echo
shift
for folder; do [ -d "$folder" ] && echo "@folder $folder"; done
:`

/**
 * Where each host keeps its stores and its base data folder. The documents contradict each other on the latter, so it is read
 * from the configuration, else from what is there; where neither tells, nothing is moved.
 */
export function findRoots(site: Site): CheckStep {
  return check({
    id: 'find-roots',
    section: 'before',
    title: 'Find where each host keeps its stores',
    why: 'A store in a folder that the master does not open is as good as lost.',
    touches: `Reads ${site.home}/conf/chango.properties on every host.`,
    twin: sh`grep -E 'data.dir|rocksdb.path' ${site.home}/conf/chango.properties; ls -d ${site.home}/data/master ${site.data}/data/master`,
    look: async (context) => {
      const dialect = knownAs(context.known, dialectFacts.dialect) === '1' ? '1' : '2'
      return onEachHost(site.hosts, context, async (host) => rootsOf(host, site, { dialect }, context))
    },
  })
}

/** As `findRoots`, where no backup was chosen that tells the version: by the stores that are there, else by the tool. */
export function findHostRoots(site: Site): CheckStep {
  return {
    ...findRoots(site),
    look: async (context) => {
      const dialect = (await toolRestores(site, context)) ? '2' : '1'
      return onEachHost(site.hosts, context, async (host) =>
        rootsOf(host, site, { dialect, isGuess: true }, context),
      )
    },
  }
}

async function rootsOf(
  host: HostAccess,
  site: Site,
  { dialect, isGuess = false }: { readonly dialect: '1' | '2'; readonly isGuess?: boolean },
  context: StepContext,
): Promise<Outcome> {
  const usual = [`${site.home}/data`, `${site.data}/data`]
  const bases = [...usual, ...(site.base === null ? [] : [site.base])]
  const asked = [
    ...bases.flatMap((folder) => [`${folder}/master`, `${folder}/master/kms`]),
    `${site.data}/kms`,
  ]
  const said = await mustShellOn(
    host,
    { script: look, args: [site.home, ...asked], asUser: site.user },
    context,
  )
  const properties = propertiesIn(said)
  const there = usual.filter((folder) => said.split('\n').includes(`@folder ${folder}/master`))
  const base = baseOf(properties, there, site)
  if (base === null) {
    return failed(
      there.length === 0
        ? `Where ${host.address} keeps its base data folder cannot be told: its configuration does not say, and none of ${usual.join(' and ')} is there.`
        : `Where ${host.address} keeps its base data folder cannot be told: its configuration does not say, and ${there.join(' and ')} are both there.`,
      { next: 'Begin again and give the base data folder as an input.' },
    )
  }
  const place = placeOf(host, site)
  const folders = { '1': site.data, '2': `${base.folder}/master` } as const
  const other = dialect === '1' ? '2' : '1'
  const has = (which: '1' | '2'): boolean => said.split('\n').includes(`@folder ${folders[which]}/kms`)
  if (isGuess && has('1') && has('2')) {
    return failed(`${host.address} has stores both in ${folders[1]} and in ${folders[2]}.`, {
      next: 'Find out which of them its master opens, and move the other ones away by hand.',
    })
  }
  const root = folders[isGuess && has(other) ? other : dialect]
  const evidence = [
    { name: `stores on ${host.address}`, value: root },
    { name: `base data folder on ${host.address}`, value: `${base.folder} (${base.by})` },
  ]
  const elsewhere = stores
    .map((store) => [store, properties.get(`chango.${store}.rocksdb.path`)] as const)
    .find(([store, path]) => path !== undefined && path !== `${root}/${store}`)
  if (elsewhere !== undefined) {
    return failed(
      `${host.address} keeps ${elsewhere[0]} in ${elsewhere[1] ?? ''}, which is not ${root}/${elsewhere[0]}.`,
      {
        evidence,
        next: 'Begin again with the data folder that this host uses; stores in folders of different parents are restored by hand.',
      },
    )
  }
  return done(`${host.address} keeps its stores in ${root} and its base data in ${base.folder}.`, {
    evidence,
    learnt: { [rootName(place)]: root, [baseName(place)]: base.folder },
  })
}

/** The stores that a backup holds; patches may be missing. */
export const stores = ['kms', 'iam', 'metadata'] as const

function baseOf(
  properties: ReadonlyMap<string, string>,
  there: readonly string[],
  { base }: Site,
): { readonly folder: string; readonly by: string } | null {
  const configured = properties.get('chango.base.data.dir')
  if (configured?.startsWith('/') === true)
    return { folder: configured.replace(/\/+$/, ''), by: 'configured' }
  if (base !== null) return { folder: base, by: 'given' }
  const [only, ...others] = there
  return only !== undefined && others.length === 0 ? { folder: only, by: 'found' } : null
}

function propertiesIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([\w.]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (name !== undefined && value !== undefined && value !== '') found.set(name, value)
  }
  return found
}

function rootName(place: number): string {
  return `root.${place}`
}

function baseName(place: number): string {
  return `base.${place}`
}

/** Where the host has kms, iam and metadata. */
export function rootOn(host: HostAccess, site: Site, known: Known): string {
  return knownAs(known, rootName(placeOf(host, site)))
}

/** Where the host has its base data. */
export function baseOn(host: HostAccess, site: Site, known: Known): string {
  return knownAs(known, baseName(placeOf(host, site)))
}
