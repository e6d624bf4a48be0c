import type { LogEntry } from './log-entry.ts'

/** Published on `steadfetch:exchange:start`, before the call. */
export interface ExchangeStartMessage {
  /** The same in both messages of an exchange, and in no other one's of this copy of the library. */
  readonly id: number
  readonly method: string
  readonly url: string
}

/** Published on `steadfetch:exchange:end`, when the exchange is over. */
export interface ExchangeEndMessage extends LogEntry {
  readonly id: number
}

/** A channel of `node:diagnostics_channel`. */
interface Channel<Message> {
  readonly hasSubscribers: boolean
  publish(message: Message): void
}

export interface ExchangeChannels {
  readonly start: Channel<ExchangeStartMessage>
  readonly end: Channel<ExchangeEndMessage>
}

interface DiagnosticsChannel {
  channel(name: string): Channel<object>
}

/** The channels on which exchanges are told of, where the platform has such a thing; by no import, for the bundlers. */
export function exchangeChannels(): ExchangeChannels | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => DiagnosticsChannel | undefined } }
  const diagnostics = process?.getBuiltinModule?.('node:diagnostics_channel')
  return (
    diagnostics && {
      start: diagnostics.channel('steadfetch:exchange:start'),
      end: diagnostics.channel('steadfetch:exchange:end'),
    }
  )
}

/** Whether anybody listens. */
export function areHeard(channels: ExchangeChannels | undefined): channels is ExchangeChannels {
  return channels !== undefined && (channels.start.hasSubscribers || channels.end.hasSubscribers)
}
