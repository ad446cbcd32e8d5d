import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's space for what is newly made as small as it is now. On a machine with memory it grows to 128 MB otherwise
 * (Node 24), and looking at hundreds of repositories is no quicker by it (docs/bench.md). `--max-semi-space-size` is read
 * before the program begins; this one at each growth (V8, src/heap/new-spaces.cc).
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
