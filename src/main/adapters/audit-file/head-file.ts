import { join } from 'node:path'
import * as z from 'zod'
import { readPrivateFile, replaceFile } from '../files/private-files.ts'

const head = z.strictObject({
  schema: z.literal(1),
  seq: z.number().int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Bytes of the chain up to the end of that entry. */
  offset: z.number().int().min(0),
  /** Where the chain was last written; one that wakes up elsewhere is a copy, or was moved. */
  place: z.string(),
})
/** What is remembered of the end of the chain, apart from it: a chain that was cut off or put back is noticed by it. */
export type Head = z.infer<typeof head>

const nameOf = (folder: string): string => join(folder, 'head.json')

/** `unreadable`: there is something, but no head. */
export async function readHead(folder: string): Promise<Head | 'none' | 'unreadable'> {
  const bytes = await readPrivateFile(nameOf(folder))
  if (bytes === null) return 'none'
  try {
    return head.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return 'unreadable'
  }
}

export async function writeHead(folder: string, value: Omit<Head, 'schema'>): Promise<void> {
  await replaceFile(nameOf(folder), `${JSON.stringify({ schema: 1, ...value })}\n`)
}
