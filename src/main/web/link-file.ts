import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface LinkFile {
  readonly path: string
  remove(): Promise<void>
}

/**
 * A page of this account alone that forwards to the link: so the token is in no argument, no log and no output. It is put
 * into a new folder that no one else can enter.
 */
export async function writeLinkFile(parent: string, link: string): Promise<LinkFile> {
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(parent, 'open-'))
  const path = join(folder, 'holdfast.html')
  // The link is made of an origin and base64url: nothing in it means anything in HTML.
  const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="referrer" content="no-referrer" />
    <meta http-equiv="refresh" content="0; url=${link}" />
    <title>Holdfast</title>
  </head>
  <body><a href="${link}">Open Holdfast</a></body>
</html>
`
  await writeFile(path, page, { flag: 'wx', mode: 0o600 })
  return { path, remove: async () => rm(folder, { recursive: true, force: true }) }
}
