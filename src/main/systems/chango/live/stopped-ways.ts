import type { SnapshotWay } from '../../../../shared/contract/masters.ts'

/** General knowledge of RocksDB; no page of chango tells of a checkpoint [gap]. */
const whyStopped =
  'A copy of stores in use is no state that ever was: their log and their list of files are written at different moments. chango has no call for a checkpoint, so the master is stopped.'

const whileStopped = [
  'The master on that host is down until the archive has arrived. If it leads, another one takes over; where it is the only one, nothing of chango answers meanwhile. Component clusters go on.',
  'Its host starts it again in the end, also where this console or the connection dies meanwhile, with the key and the arguments that it had.',
  whyStopped,
]

export const stoppedWay: SnapshotWay = {
  id: 'stopped',
  label: 'Stop a master and archive its stores over SSH',
  does: 'Stops the master on the first host of the connection, streams its three stores and its patches into one archive in the repository, and starts it again.',
  consequences: [
    ...whileStopped,
    'The archive is of the older dialect with the SHA-256 of each file, and with a line of its own SHA-256 beside it. Nothing seals it: names, policies and topology can be read by whoever reads the repository.',
  ],
  stops: true,
  makesNothing: false,
}

export const sealedWay: SnapshotWay = {
  id: 'stoppedSealed',
  label: 'Stop a master, and seal the archive of its stores',
  does: `${stoppedWay.does.slice(0, -1)}. The archive is sealed with the master key of this cluster on its way.`,
  consequences: [
    ...whileStopped,
    'Only who has the master key reads it. chango itself opens no such archive: it is restored with Holdfast.',
    'It is as large as the stores: an envelope states its size before its first byte, so nothing in it is compressed.',
  ],
  stops: true,
  makesNothing: false,
}
