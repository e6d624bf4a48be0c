import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose_gc')

/** Collects all garbage now; what hears of it is told a turn of the event loop later. */
export const collectGarbage: () => void = runInNewContext('gc')
