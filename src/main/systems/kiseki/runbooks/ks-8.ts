import { printable } from '../../../../shared/domain/printable.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, unknown } from '../../../engine/runbook/outcomes.ts'
import { check, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Known, Runbook } from '../../../ports/runbook.ts'
import { accept } from './acceptance.ts'
import { copyDataFolder } from './copy.ts'
import { leftovers } from './ks-1.ts'
import { causeOf, logTail, type Cause } from './log.ts'
import { forbidden } from './forbidden.ts'
import { isDown } from './is-down.ts'
import { isEven } from './nodes.ts'
import { nodeInput, nodeOf, sampleInput, siteInputs, siteOf } from './site.ts'
import { startUnit, stopUnit } from './unit.ts'

const causeName = 'cause'
const onlyFor =
  (...causes: readonly Cause[]) =>
  (known: Known): string | null =>
    causes.some((cause) => cause === (known.get(causeName) ?? 'unknown'))
      ? null
      : 'Its log names another cause.'

/** Source: persistent_store.rs, raft_shard_store.rs, nfs_security.rs. */
export const ks8: Runbook = {
  id: 'KS-8',
  system: 'kiseki',
  title: 'Find out why a node does not start',
  when: 'The server of one node ends as soon as it is started.',
  costs: [
    'Nothing, where its identity or its NFS settings are the cause. Of a purged log no way back is known; KS-9 reads its objects out.',
  ],
  inputs: [nodeInput, ...siteInputs, sampleInput],
  steps(setting) {
    const site = siteOf(setting)
    const node = nodeOf(site, setting)
    const { host } = node
    const lock = hostLock([host])
    return [
      isDown('down', node, site, 'A node that answers is left as it is.'),
      check({
        id: 'cause',
        section: 'before',
        title: 'Read its log',
        why: 'Three causes are known by their words.',
        touches: `The log of ${site.unit} on ${host.address}.`,
        skip: 'operator',
        look: async (context) => {
          const before = context.known.get(causeName)
          const log = await logTail(site, node, context)
          const { cause, sentence, next } = causeOf(log)
          if (log === null) return unknown(sentence, { next })
          const evidence = [{ name: 'log', value: printable(log.slice(-600)) }]
          return done(`${sentence} ${next}`, {
            evidence,
            ...(before === undefined && { learnt: { [causeName]: cause } }),
          })
        },
      }),
      ...lock.takeIt,
      stopUnit({
        id: 'stop',
        node,
        site,
        section: 'safety',
        why: 'systemd may be starting it again and again.',
      }),
      copyDataFolder({ id: 'copy', node, site, why: 'Before anything of it is changed it is copied whole.' }),
      manual({
        id: 'identity',
        section: 'restore',
        title: 'Put its identity back',
        why: 'Its store of keys is sealed with it.',
        touches: `The environment of ${site.unit}, the TLS key or node-identity.key on ${host.address}.`,
        notNeeded: onlyFor('identity'),
        does: [
          'KISEKI_NODE_ID as it was.',
          'The TLS key, byte for byte as it was: a renewed certificate with a new key shuts the store.',
          'Without TLS: node-identity.key in its data folder, from a copy.',
        ],
        asks: { label: 'What was put back', learns: 'put.back' },
      }),
      manual({
        id: 'nfs',
        section: 'restore',
        title: 'Let it through the NFS gate',
        why: 'Without TLS it starts only where both switches say so.',
        touches: `The environment of ${site.unit} on ${host.address}.`,
        notNeeded: onlyFor('nfsGate'),
        does: ['The three TLS files; or KISEKI_ALLOW_PLAINTEXT_NFS=true and KISEKI_INSECURE_NFS=true, both.'],
      }),
      manual({
        id: 'purged-log',
        section: 'restore',
        title: 'Keep the others up',
        why: 'Its log was purged: no way to bring this node back is known, to nobody.',
        notNeeded: onlyFor('purgedLog'),
        does: [
          'Restart none of the other nodes: each may fall into the same trap.',
          'Copy out over S3 what must not be lost while a majority answers.',
          ...forbidden,
          'Ask the makers, with the log of this run. Then close this run: there is nothing more to do.',
        ],
        asks: { label: 'Who was asked', learns: 'asked' },
      }),
      manual({
        id: 'other-cause',
        section: 'restore',
        title: 'Mend what its log says',
        why: 'It is none of the causes that are known.',
        notNeeded: onlyFor('unknown'),
        does: ['Read the log on the host; mend it there.'],
        asks: { label: 'What was mended', learns: 'mended' },
      }),
      startUnit({
        id: 'start',
        node,
        site,
        section: 'restore',
        why: 'With what was put back.',
        notNeeded: onlyFor('identity', 'nfsGate', 'unknown'),
      }),
      wait({
        id: 'caught-up',
        section: 'restore',
        title: 'Wait until it stands where the others stand',
        why: 'A node that stays behind is not back.',
        everyMs: 3_000,
        atMostMs: 60 * 60_000,
        notNeeded: onlyFor('identity', 'nfsGate', 'unknown'),
        look: async (context) => isEven(site, context, { back: [node], applying: [] }),
      }),
      ...accept(site, setting),
      lock.giveItBack,
      leftovers(site),
    ]
  },
}
