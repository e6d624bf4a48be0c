import { help, parseCommand } from './command-line.ts'
import { faultsScene } from './faults-scene.ts'
import { outageScene } from './outage-scene.ts'
import { urlScene } from './url-scene.ts'
import { UserError } from './user-error.ts'

/** The program behind `npx -y pnpm@12 demo`. */
async function demo(args: string[], stop: AbortSignal): Promise<void> {
  const command = parseCommand(args)
  if (command.scene === 'help') return console.log(help)
  if (command.scene === 'url') return urlScene(command, stop)
  await faultsScene(command, stop)
  if (!stop.aborted) await outageScene(command.seed, stop)
}

// Whoever reads along may have had enough, as `head` does.
process.stdout.on('error', () => process.exit())

const interrupt = new AbortController()
process.on('SIGINT', () => interrupt.abort())

try {
  await demo(process.argv.slice(2), interrupt.signal)
  if (interrupt.signal.aborted) process.exitCode = 130
} catch (error) {
  if (!(error instanceof UserError)) throw error
  console.error(`demo: ${error.message}`)
  process.exitCode = 2
}
