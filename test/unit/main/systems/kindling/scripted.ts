import type { Session, SnapshotOutcome } from '../../../../../src/main/ports/cluster-driver.ts'
import { kindlingDriver } from '../../../../../src/main/systems/kindling/live/driver.ts'
import type { ConnectionValues } from '../../../../../src/shared/contract/connection-fields.ts'
import type { Probe } from '../../../../../src/shared/contract/masters.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { fakeHost, type FakeAnswer, type FakeCall, type FakeHost } from '../../../../fakes/remote-host.ts'

/** A kindling cluster whose hosts answer as a script says; it has no API. */
export function scripted(
  script: (call: FakeCall, host: string) => FakeAnswer | null,
  values: ConnectionValues,
) {
  const clock = fakeClock()
  const hosts = new Map<string, FakeHost>()
  const notHere = (): never => {
    throw new Error('the script has no such thing')
  }
  const session: Session = {
    cluster: { name: 'eu', system: 'kindling' },
    clock,
    random: { bytes: (length) => new Uint8Array(length) },
    signal: new AbortController().signal,
    http: async () => ({ send: notHere, close: async () => undefined }),
    grpc: notHere,
    async host(address) {
      const host = hosts.get(address) ?? fakeHost((call) => script(call, address), { clock, name: address })
      hosts.set(address, host)
      return Promise.resolve(host)
    },
    login: notHere,
    token: notHere,
    replaceToken: notHere,
    keySalt: notHere,
    password: notHere,
    s3: notHere,
    masterKeys: notHere,
    byteWork: notHere,
    repository: notHere,
    bucket: notHere,
  }
  const live = kindlingDriver.connect({ hosts: ['db'], postgres: '', serviceUser: '', ...values })
  const gather = async (probes: AsyncIterable<Probe>): Promise<readonly Probe[]> => {
    const all: Probe[] = []
    for await (const probe of probes) all.push(probe)
    return all
  }
  return {
    /** Command lines as they were run, without what is the same in all of them. */
    commands: () => [...hosts.values()].flatMap(({ calls }) => calls.map(({ argv }) => argv.join(' '))),
    calls: () => [...hosts.values()].flatMap(({ calls }) => calls),
    probe: async () => clock.run(gather(live.probe(session))),
    before: async (way: string) => clock.run(gather(live.beforeSnapshot(session, way))),
    snapshot: async (way: string): Promise<SnapshotOutcome> =>
      clock.run(live.snapshot(session, way, { progress: () => undefined, log: () => undefined })),
  }
}

export function probeOf(probes: readonly Probe[], id: string, of?: string): Probe {
  const found = probes.find((probe) => probe.id === id && (of === undefined || probe.of === of))
  if (found === undefined) throw new Error(`nobody asked ${id}`)
  return found
}
