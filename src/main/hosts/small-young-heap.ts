import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's space for what is newly made as small as it is now. On a machine with memory it grows to 128 MB otherwise
 * (Node 24), where most of what a restore of 100 000 files makes only waits to be collected; neither that nor looking at
 * hundreds of repositories is quicker by it (docs/bench.md). `--max-semi-space-size` is read before the program begins; this
 * one at each growth (V8, src/heap/new-spaces.cc).
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
