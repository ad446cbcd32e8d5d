import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { readJsonObject, type JsonObject } from '../../../shared/domain/strict-json.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import type { SnapshotTime } from './snapshot-id.ts'

/** The fields of a manifest (from source: crates/kiseki-backup/src/lib.rs, `manifest_json`). It has no others. */
export interface KisekiManifest {
  readonly shardCount: number
  readonly metadataBytes: number
  readonly dataBytes: number
}

export interface ManifestReading {
  /** Null where it cannot be read. */
  readonly manifest: KisekiManifest | null
  readonly text: string | null
  readonly findings: readonly Finding[]
}

const textFields = ['snapshot_id', 'created_at'] as const
const numberFields = ['shard_count', 'metadata_bytes', 'data_bytes'] as const

/** Reads the manifest of the snapshot with this id as JSON, and says where kiseki's own reader would see another one. */
export function readManifest(bytes: Uint8Array, backupId: string, time: SnapshotTime): ManifestReading {
  const json = readJsonObject(bytes)
  if (!json.ok) return unreadable(`The manifest cannot be read: ${json.reason}.`, null)
  const { value, text } = json
  const wrongText = textFields.find((name) => typeof value[name] !== 'string')
  if (wrongText !== undefined) return unreadable(`The manifest's ${wrongText} is no text.`, text)
  const [shardCount, metadataBytes, dataBytes] = numberFields.map((name) => wholeNumber(value[name]))
  if (typeof shardCount !== 'number' || typeof metadataBytes !== 'number' || typeof dataBytes !== 'number') {
    const wrong = numberFields.find((name) => wholeNumber(value[name]) === null) ?? 'a number'
    return unreadable(`The manifest's ${wrong} is no whole number of zero or more.`, text)
  }
  return {
    manifest: { shardCount, metadataBytes, dataBytes },
    text,
    findings: [...checkId(value, backupId, time), ...checkOwnReader(value, text)],
  }
}

/** kiseki takes the id from the content and the tar's key from that id, so the two must be of one snapshot. */
function checkId(value: JsonObject, backupId: string, time: SnapshotTime): readonly Finding[] {
  const findings: Finding[] = []
  const id = String(value['snapshot_id'])
  if (id !== backupId) {
    const message = `The manifest says that it is of snapshot ${quoted(id)}, but it lies in ${quoted(backupId)}.`
    findings.push(errorFinding('manifest.idMismatch', message))
  }
  const createdAt = String(value['created_at'])
  if (createdAt !== time.text) {
    const message = `The manifest's created_at is ${quoted(createdAt)}, but the id's time is ${time.text}; kiseki writes the same twice.`
    findings.push(errorFinding('manifest.idMismatch', message))
  }
  return findings
}

/**
 * kiseki itself reads no JSON: it searches for `"name":"` and `"name":`, takes the first place and everything up to the
 * next quotation mark, or the digits (from source: crates/kiseki-backup/src/lib.rs:588-621).
 */
function checkOwnReader(value: JsonObject, text: string): readonly Finding[] {
  const missed = [
    ...textFields.filter((name) => foundText(text, name) !== value[name]),
    ...numberFields.filter((name) => Number(foundDigits(text, name) ?? Number.NaN) !== value[name]),
  ]
  if (missed.length === 0) return []
  const message = `kiseki's own reader searches for the exact text that kiseki writes and does not find ${missed.join(', ')} as they stand here: this snapshot is missing from its list, and its clean-up never removes it.`
  return [warningFinding('format.unusual', message)]
}

function foundText(text: string, name: string): string | null {
  const before = `"${name}":"`
  const at = text.indexOf(before)
  const end = at < 0 ? -1 : text.indexOf('"', at + before.length)
  return end < 0 ? null : text.slice(at + before.length, end)
}

function foundDigits(text: string, name: string): string | null {
  const before = `"${name}":`
  const at = text.indexOf(before)
  return at < 0 ? null : (/^\d+/.exec(text.slice(at + before.length, at + before.length + 20))?.[0] ?? null)
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

function unreadable(message: string, text: string | null): ManifestReading {
  return { manifest: null, text, findings: [errorFinding('manifest.unreadable', message)] }
}
