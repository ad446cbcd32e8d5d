import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './base.ts'
import { errorCodes } from '../domain/error.ts'
import { connectionField, connectionValue, connectionValues } from './connection-fields.ts'
import { job } from './jobs.ts'
import { check, durationMs, failure, id, sha256, systemName, time } from './values.ts'

/** Where a fact about a system comes from: its documents, its source, what we conclude from these; `gap`: nothing public fixes it. */
export const mark = z.enum(['documented', 'source', 'inferred', 'gap'])

/** One question put to a living cluster, and what came back. */
export const probe = z.object({
  /** Stable within a system: `ready`, `leader`. */
  id: z.string(),
  /** The master, node or host that was asked; the cluster's name where it is about all of them. */
  of: z.string(),
  /** `notAsked`: it could not be, because of something else that is said. */
  state: z.enum(['ok', 'warning', 'bad', 'unknown', 'notAsked']),
  /** Few words: "Leader", "Free space". */
  question: z.string(),
  /** A sentence. */
  answer: z.string(),
  /** The request and what was read from its reply: `GET /readyz → 503`. Nothing secret. */
  evidence: z.string().nullable(),
  mark,
  /** The one next thing to do, where there is one. */
  next: z.string().nullable(),
  /** Of what failed: `host.unknownKey` asks the operator a question. */
  code: z.enum(errorCodes).nullable(),
  at: time,
  tookMs: durationMs,
})
export type Probe = z.infer<typeof probe>

/** `up`: nothing bad. `attention`: it serves, and something is wrong. `down`: no master serves. */
export const health = z.object({
  state: z.enum(['up', 'attention', 'down', 'unknown']),
  /** A sentence, from the worst probe. */
  words: z.string(),
  at: time,
  probes: z.array(probe),
  /** All of it failed before a question could be put. */
  failure: failure.nullable(),
})
export type Health = z.infer<typeof health>

export const snapshotWay = z.object({
  id: z.string(),
  label: z.string(),
  /** What is done, in a sentence. */
  does: z.string(),
  /** What it costs or leaves out; a sentence each. */
  consequences: z.array(z.string()),
  /** Something stops serving meanwhile. */
  stops: z.boolean(),
  /** Nothing that could be restored comes of it. */
  makesNothing: z.boolean(),
})
export type SnapshotWay = z.infer<typeof snapshotWay>

export const systemDescription = z.object({
  system: systemName,
  /** What this console can do with its masters, in a sentence. */
  summary: z.string(),
  fields: z.array(connectionField),
  snapshotWays: z.array(snapshotWay),
  /** `cluster`: it has a scheduler of its own. `none`: nothing but this console takes its backups on time. */
  scheduler: z.enum(['cluster', 'none']),
})
export type SystemDescription = z.infer<typeof systemDescription>

export const clusterSetting = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  kind: z.enum(['cron', 'days', 'text', 'choice', 'secret']),
  choices: z.array(z.object({ value: z.string(), label: z.string() })),
  /** Of a secret only whether it is set: `set` or null. */
  value: z.string().nullable(),
  canChange: z.boolean(),
})
export type ClusterSetting = z.infer<typeof clusterSetting>

/** What the cluster itself says about its backups to come. */
export const clusterSchedule = z.object({
  /** `none`: this system has no scheduler. `unknown`: it has, and did not say. */
  state: z.enum(['on', 'off', 'none', 'unknown']),
  /** A sentence: what will happen, and who says so. */
  words: z.string(),
  cron: z.string().nullable(),
  /** Null where nothing says in which zone the times are meant. */
  zone: z.string().nullable(),
  next: z.array(time),
  nextFrom: z.enum(['server', 'computed']).nullable(),
  evidence: z.string().nullable(),
  settings: z.array(clusterSetting),
})
export type ClusterSchedule = z.infer<typeof clusterSchedule>

/** What this console does by itself, while it runs. */
export const ownSchedule = z.strictObject({
  /** Five fields. */
  cron: z.string().min(1).max(120),
  /** IANA name. */
  zone: z.string().min(1).max(64),
  way: z.string().min(1).max(64),
})
export type OwnSchedule = z.infer<typeof ownSchedule>

const reason = z.string().max(500).optional()
const of = z.strictObject({ id })
const changes = z.record(z.string().max(128), z.string().max(1024).nullable())

export const masters = {
  systems: base.output(z.array(systemDescription)),
  /** Null where no connection is saved. */
  connection: base.input(of).output(z.object({ values: z.array(connectionValue).nullable() })),
  /** Tries a connection that need not be saved, line by line; changes nothing anywhere. */
  test: base.input(z.strictObject({ id, values: connectionValues })).output(eventIterator(check)),
  save: base.input(z.strictObject({ id, values: connectionValues, reason })).output(z.object({})),
  /** Forgets how the masters are reached; the repository stays. */
  disconnect: base.input(z.strictObject({ id, reason })).output(z.object({})),
  /** As last probed; null before the first time, or where there is no connection. From memory, at once. */
  health: base.input(of).output(health.nullable()),
  /** Asks now; each answer as it comes. */
  probe: base.input(of).output(eventIterator(probe)),
  /** A running snapshot of this cluster, where there is one. */
  snapshotOffer: base.input(of).output(
    z.object({
      ways: z.array(snapshotWay),
      running: z.object({ jobId: id, sentence: z.string() }).nullable(),
    }),
  ),
  /** Refused while another one of the same cluster runs. `confirm`: the cluster's name, where the way stops something. */
  snapshot: base
    .input(z.strictObject({ id, way: z.string().max(64), confirm: z.string().optional(), reason }))
    .output(job),
  schedule: base.input(of).output(
    z.object({
      theirs: clusterSchedule.nullable(),
      theirsFailure: failure.nullable(),
      ours: z.object({ schedule: ownSchedule, next: z.array(time) }).nullable(),
      /** What nobody does, a sentence each. */
      nobody: z.array(z.string()),
    }),
  ),
  previewSettings: base.input(z.strictObject({ id, changes })).output(
    z.object({
      hash: sha256,
      rows: z.array(
        z.object({
          name: z.string(),
          label: z.string(),
          before: z.string().nullable(),
          after: z.string().nullable(),
        }),
      ),
      /** What follows from it, a sentence each. */
      effects: z.array(z.string()),
      next: z.array(time),
    }),
  ),
  /** Writes exactly what was previewed into the cluster's own configuration. */
  changeSettings: base.input(z.strictObject({ id, changes, hash: sha256, reason })).output(clusterSchedule),
  /** When an expression would fire next, three times; changes nothing. Throws `usage` where it is none. */
  nextTimes: base
    .input(ownSchedule.pick({ cron: true, zone: true }))
    .output(z.object({ next: z.array(time) })),
  /** What this console does by itself; null ends it. */
  setOwnSchedule: base
    .input(z.strictObject({ id, schedule: ownSchedule.nullable(), reason }))
    .output(z.object({ next: z.array(time) })),
}
